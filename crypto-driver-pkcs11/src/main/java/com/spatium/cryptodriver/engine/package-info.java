/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The driver itself, over any {@link com.spatium.cryptodriver.custody.Custody}: what is on record,
 * running sessions, and which round comes next. The rounds are in the packages {@code pairing},
 * {@code ecdsa} and {@code eddsa}.
 */
@NullMarked
package com.spatium.cryptodriver.engine;

import org.jspecify.annotations.NullMarked;
