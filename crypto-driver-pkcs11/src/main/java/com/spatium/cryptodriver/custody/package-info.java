/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a party's secrets rest: the one interface that the PKCS#11 driver and the software driver
 * differ in.
 */
@NullMarked
package com.spatium.cryptodriver.custody;

import org.jspecify.annotations.NullMarked;
