/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

/** A key in the token, by label. */
record KeyRef(String label, KeyKind kind) {}
