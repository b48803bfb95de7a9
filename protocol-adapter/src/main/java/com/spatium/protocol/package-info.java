/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The SDK's side: {@link com.spatium.protocol.SpatiumProtocol} drives the rounds of a {@link
 * com.spatium.cryptodriver.CryptoDriver} over a {@link com.spatium.protocol.TransportDriver}, and
 * the stores that real installations use.
 */
@NullMarked
package com.spatium.protocol;

import org.jspecify.annotations.NullMarked;
