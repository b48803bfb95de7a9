/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.round.Outcome;
import com.spatium.cryptodriver.round.Round;
import com.spatium.cryptodriver.wire.SignMessage.FinalSignature;
import com.spatium.cryptodriver.wire.WireMessage;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P2 takes G5, T5: a right one is the result, a wrong one is ignored, since its loss harms nothing
 * (protocol.md §4.3, §5).
 */
final class SignResponderRound2 extends Round<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(SignResponderRound2.class);
  private final SignContext context;
  private final SuiteSteps suite;
  private final List<Bytes> r;

  SignResponderRound2(SignContext context, SuiteSteps suite, List<Bytes> r) {
    super(context.session().scope(), context.expect(5));
    this.context = context;
    this.suite = suite;
    this.r = r;
  }

  @Override
  protected Outcome<Object> take(WireMessage message) {
    Optional<List<Signature>> signatures = suite.check(context, r, (FinalSignature) message);
    if (signatures.isEmpty()) {
      LOG.warn(
          "{}: {} reports a signature that is not the one made in {}: ignored",
          step(),
          context.session().peer(),
          context.session().ids());
      return new Outcome.Wait<>(new SignResponderRound2(context, suite, r));
    }
    return new Outcome.Done<>(Optional.empty(), signatures.get());
  }
}
