/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_BLOB_H
#define ECM_BLOB_H
#include "vault.h"

#define BLOB_MAX ((size_t)1 << 20)

/** A zeroed, pinned, unpublished blob. ECM_OK | ECM_E_ARGUMENT (len not in 1 .. BLOB_MAX) | ECM_E_VAULT_ */
int32_t blob_new(size_t len, vault_ref *ref);
#endif
