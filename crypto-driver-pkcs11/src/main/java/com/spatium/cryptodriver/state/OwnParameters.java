/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.wire.PrmProof;

/** This installation's ring-Pedersen parameters of a level, with their proof. */
public record OwnParameters(PedersenParameters pedersen, PrmProof prm) {}
