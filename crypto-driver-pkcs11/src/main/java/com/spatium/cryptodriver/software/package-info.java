/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The driver without a token ("Spatium Crypto"): the same protocols, with secrets in locked memory
 * and sealed under a key that the operator keeps.
 */
@NullMarked
package com.spatium.cryptodriver.software;

import org.jspecify.annotations.NullMarked;
