/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.SignMessage;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import java.util.List;
import java.util.Optional;

/** The steps in which the suites differ. */
public interface SuiteSteps {
  /** P1 waits for G4, T4. */
  Round<List<Signature>> awaitPartials(
      SignContext context, Bytes sid, OwnNonces nonces, List<Bytes> r2);

  /**
   * P2's G2, T2: its nonces, and whatever needs the peer's nonces no more than they do. The
   * session's scope keeps what is secret.
   */
  Share share(SignContext context, Bytes sid);

  /** What P2 keeps from its second message to its fourth. */
  record Share(OwnNonces nonces, PartialSigner signer) {}

  /** P2's G4, T4, and what it will check G5, T5 with. Wipes the nonces. */
  interface PartialSigner {
    Partials sign(String step, List<Bytes> r1);
  }

  /**
   * What P2 sends, and keeps: public.
   *
   * @param r R_j, encoded points
   */
  record Partials(SignMessage message, List<Bytes> r) {}

  /**
   * G5, T5 on P2.
   *
   * @param r R_j
   * @return empty if a signature is not the one that was made
   */
  Optional<List<Signature>> check(SignContext context, List<Bytes> r, FinalSignature signatures);
}
