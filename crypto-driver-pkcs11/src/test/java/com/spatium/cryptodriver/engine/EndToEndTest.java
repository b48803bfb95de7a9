/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.software.KeyFiles;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Once at the default level, 3072 bits; everything else is tested at 2048. Prints the time of each
 * step.
 */
final class EndToEndTest {
  private static final PeerId ALICE = new PeerId("alice");
  private static final PeerId BOB = new PeerId("bob");
  @TempDir static Path directory;
  private long since = System.nanoTime();

  @Test
  void atTheDefaultLevel() throws IOException {
    EcMath ecmath = EcMath.open();
    DriverConfig ofAlice = DriverConfig.of("alice").withAuthenticatedPeers(Set.of(BOB));
    DriverConfig ofBob =
        DriverConfig.of("bob")
            .withAuthenticatedPeers(Set.of(ALICE))
            .withPolicy(request -> SigningPolicy.approve());
    assertEquals(SecurityLevel.BITS_128, ofAlice.level());
    try (Party alice =
            new Party(ofAlice, 1, new MemoryStateStore(), KeyFiles.custody(ecmath, directory));
        Party bob =
            new Party(ofBob, 2, new MemoryStateStore(), KeyFiles.custody(ecmath, directory))) {
      passed("opening both, with prm");
      SecretId secret = SecretId.random();
      alice.driver().secrets().generate(secret);
      bob.driver().secrets().generate(secret);
      passed("generating both secrets");
      Conversation.of(alice.driver().pair(new PairingRequest(secret, BOB)), bob.driver(), ALICE)
          .complete();
      passed("pairing");
      for (Suite suite : Suite.values()) {
        SyncSessionId session = SyncSessionId.random();
        SyncRequest sync = new SyncRequest(secret, session, suite, new DerivationPath(0, 0), BOB);
        DistributedKey key =
            Conversation.of(alice.driver().synchronise(sync), bob.driver(), ALICE).complete();
        passed("synchronising " + suite);
        for (int i = 0; i < 3; i++) {
          Bytes message = Bytes.of(Vault.randomPublic(32));
          SignRequest sign =
              new SignRequest(secret, session, SignSessionId.random(), message, Bytes.empty());
          Signature signature =
              Conversation.of(alice.driver().sign(sign), bob.driver(), ALICE).complete();
          passed("signing " + suite);
          IndependentVerifier.verify(key, message, signature);
        }
      }
    }
  }

  private void passed(String what) {
    long now = System.nanoTime();
    System.out.printf("3072 bits: %s: %.1f ms%n", what, (now - since) / 1e6);
    since = now;
  }
}
