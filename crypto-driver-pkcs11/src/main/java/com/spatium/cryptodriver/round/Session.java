/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.round;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.proof.Dl;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.Expected;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.cryptodriver.wire.MessageHeader;
import com.spatium.cryptodriver.wire.SessionIds;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import com.spatium.ecmath.Vault;

/**
 * What all rounds of one run have in common.
 *
 * @param scope its secrets
 * @param peer who the other party is
 */
public record Session(
    DriverState state, Scope scope, Procedure procedure, Role role, PeerId peer, SessionIds ids) {
  private static final int RANDOM = 32;

  public EcMath ecmath() {
    return state.ecmath();
  }

  public SecretId secretId() {
    return ids.secretId();
  }

  public MessageHeader header(int round) {
    return new MessageHeader(procedure, round, ids);
  }

  public Expected expect(int round, SecurityLevel level) {
    return expect(round, level, 1);
  }

  /**
   * The message of this round.
   *
   * @param items in a signature, the number of messages
   */
  public Expected expect(int round, SecurityLevel level, int items) {
    return new Expected(header(round), level, items);
  }

  public Suite suite() {
    return switch (procedure) {
      case SYNC_ECDSA, SIGN_ECDSA -> Suite.ECDSA_SECP256K1;
      case PAIR, SYNC_EDDSA, SIGN_EDDSA -> Suite.EDDSA_ED25519;
    };
  }

  public Curve curve() {
    return suite() == Suite.ECDSA_SECP256K1 ? ecmath().secp256k1() : ecmath().ed25519();
  }

  /** The peer's proof that it knows the logarithm of this point. */
  public void verifyDl(String step, ProofContext context, Suite suite, Bytes point, DlProof proof) {
    new Dl(ecmath(), Session::noNonce).verify(step, context, new Dl.Statement(suite, point), proof);
  }

  private static SecretScalar noNonce(
      Curve curve, NoncePurpose purpose, SecretScalar fragment, Bytes context, int index) {
    throw new IllegalStateException("to verify needs no nonce");
  }

  /** nonce1, nonce2, a blind: 32 public random bytes. */
  public static Bytes random() {
    return Bytes.of(Vault.randomPublic(RANDOM));
  }
}
