/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

/**
 * CK_MECHANISM_INFO: key sizes (bytes or bits: tokens differ) and what the mechanism is good for.
 */
public record MechanismInfo(long minKeySize, long maxKeySize, long flags) {}
