/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ECM_VAULT_H
#define ECM_VAULT_H
/* Internal face of the vault: pinned references to slots, and scratch memory. Contract for all layers above. */
#include "ecm.h"

typedef struct {
  void *ptr;     /* content, 64-byte aligned; NULL: holds nothing */
  size_t len;    /* bytes of content */
  uint32_t kind; /* ECM_KIND_ */
  uint32_t tag;  /* scalar: curve id; otherwise free for the kind's owner */
  uint32_t slot;
} vault_ref;

/** Makes a zeroed, pinned slot that no handle names yet. ECM_OK | ECM_E_VAULT_FULL | ECM_E_VAULT_CLOSED. */
int32_t vault_new(uint32_t kind, uint32_t tag, size_t len, vault_ref *ref);
/** Gives the slot its handle, and unpins. Use last, when nothing can fail any more. */
void vault_publish(vault_ref *ref, ecm_handle *out);
/** Wipes and frees a slot that was never published; does nothing if ref->ptr is NULL. */
void vault_discard(vault_ref *ref);
/** Pins a live handle of the given kind (0: any). ECM_E_HANDLE | ECM_E_KIND. Pinned memory is not wiped under its user. */
int32_t vault_pin(ecm_handle h, uint32_t kind, vault_ref *ref);
/** Unpins; does nothing if ref->ptr is NULL. Leaves *ref empty. */
void vault_unpin(vault_ref *ref);
/** Zeroed scratch of len bytes, 64-byte aligned; NULL when the vault is full or closed. */
void *vault_scratch(size_t len);
/** Wipes and returns it. p may be NULL. */
void vault_scratch_free(void *p);

/* Representation of the small kinds.
 *   SCALAR   4 x uint64_t, least significant first, canonical (< order); tag = curve.
 *   INTEGER  uint64_t sign (0 or 1; zero has sign 0), then len/8 - 1 words of magnitude, least significant first.
 *   BLOB     the bytes. */
#endif
