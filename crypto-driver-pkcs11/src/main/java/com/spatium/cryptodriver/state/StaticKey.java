/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.DlProof;

/**
 * Our static key of a secret in a role (protocol.md §4.1), made once so that a pairing that was cut
 * off can be run again and is the same.
 *
 * @param point I = i·B
 */
public record StaticKey(Bytes point, DlProof dl, Bytes sealed) {}
