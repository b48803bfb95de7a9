/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the rounds of all procedures share. A round takes one message and gives what is sent and the
 * round that comes next; it is used once.
 */
@NullMarked
package com.spatium.cryptodriver.round;

import org.jspecify.annotations.NullMarked;
