/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.software.SoftwareCryptoDriver;
import com.spatium.cryptodriver.software.SoftwareCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import java.util.Set;

/** Both parties in one process, without network and token: what remains is the mathematics. */
final class TwoParties implements AutoCloseable {
  private static final PeerId P1 = new PeerId("p1");
  static final PeerId P2 = new PeerId("p2");

  final CryptoDriver first;
  final CryptoDriver second;

  TwoParties(SecurityLevel level) {
    first = open("bench-1", level, P2);
    second = open("bench-2", level, P1);
  }

  private static CryptoDriver open(String installation, SecurityLevel level, PeerId peer) {
    EcMath ecmath = EcMath.open();
    DriverConfig config =
        DriverConfig.of(installation)
            .withLevel(level)
            .withPolicy(request -> SigningPolicy.approve())
            .withAuthenticatedPeers(Set.of(peer))
            .withSessions(1024, 1024, java.time.Duration.ofMinutes(5));
    try (SecretBlob passphrase = ecmath.vault().random(32, null)) {
      SoftwareCustody custody =
          SoftwareCustody.fromPassphrase(
              ecmath, passphrase, Bytes.of(new byte[16]), SoftwareCustody.MIN_ITERATIONS);
      return SoftwareCryptoDriver.open(config, new MemoryStateStore(), custody);
    }
  }

  /** Makes the secret on both sides. */
  void generate(SecretId id) {
    first.secrets().generate(id);
    second.secrets().generate(id);
  }

  /** Runs P1's exchange against P2 to its end. */
  <R> R run(Exchange<R> initiator) {
    try (initiator) {
      Exchange<?> responder = null;
      try {
        Step<R> step = initiator.start();
        while (true) {
          Bytes message;
          if (step instanceof Step.Send<R> send) {
            message = send.message();
          } else if (step instanceof Step.SendAndFinish<R> last) {
            if (responder != null) {
              responder.receive(last.message());
            }
            return last.result();
          } else if (step instanceof Step.Finish<R> finish) {
            return finish.result();
          } else {
            throw new IllegalStateException("P1 waits for nothing");
          }
          Step<?> answer;
          if (responder == null) {
            responder = second.accept(P1, message);
            answer = responder.start();
          } else {
            answer = responder.receive(message);
          }
          step = initiator.receive(messageOf(answer));
        }
      } finally {
        if (responder != null) {
          responder.close();
        }
      }
    }
  }

  private static Bytes messageOf(Step<?> step) {
    if (step instanceof Step.Send<?> send) {
      return send.message();
    } else if (step instanceof Step.SendAndFinish<?> last) {
      return last.message();
    }
    throw new IllegalStateException("P2 has no answer");
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
