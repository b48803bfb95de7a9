/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Digest32;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.ecmath.EcMath;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Whole procedures, both parties' work together. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class ProtocolBenchmark {
  private static final int BATCH = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  @Param({"BITS_112", "BITS_128"})
  public SecurityLevel level = SecurityLevel.BITS_128;

  private TwoParties parties;
  private SecretId secret;
  private DistributedKey ecdsa;
  private DistributedKey eddsa;
  private long account;

  @Setup(Level.Trial)
  public void setUp() {
    parties = new TwoParties(level);
    secret = SecretId.random();
    parties.generate(secret);
    parties.run(parties.first.pair(new PairingRequest(secret, TwoParties.P2)));
    ecdsa = synchronise(Suite.ECDSA_SECP256K1, 0);
    eddsa = synchronise(Suite.EDDSA_ED25519, 0);
    Bytes digest = random();
    Signature.Ecdsa signature = (Signature.Ecdsa) signOne(ecdsa, digest);
    boolean valid =
        EcMath.open()
            .secp256k1()
            .ecdsaVerify(
                ecdsa.publicKey().encoded().toByteArray(),
                digest.toByteArray(),
                signature.r().toByteArray(),
                signature.s().toByteArray());
    if (!valid) {
      throw new IllegalStateException("what is measured makes no valid signatures");
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    parties.close();
  }

  private static Bytes random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private DistributedKey synchronise(Suite suite, long pathAccount) {
    return parties.run(
        parties.first.synchronise(
            new SyncRequest(
                secret,
                SyncSessionId.random(),
                suite,
                new DerivationPath(60, pathAccount),
                TwoParties.P2)));
  }

  private SignRequest request(DistributedKey key, Bytes message) {
    return new SignRequest(
        secret, key.syncSessionId(), SignSessionId.random(), message, Bytes.empty());
  }

  private Signature signOne(DistributedKey key, Bytes message) {
    return parties.run(parties.first.sign(request(key, message)));
  }

  /** Secret on both sides (Paillier moduli) and the pairing. */
  @Benchmark
  public Pairing secretAndPairing() {
    SecretId fresh = SecretId.random();
    parties.generate(fresh);
    return parties.run(parties.first.pair(new PairingRequest(fresh, TwoParties.P2)));
  }

  @Benchmark
  public DistributedKey syncEcdsa() {
    return synchronise(Suite.ECDSA_SECP256K1, ++account);
  }

  @Benchmark
  public DistributedKey syncEddsa() {
    return synchronise(Suite.EDDSA_ED25519, ++account);
  }

  @Benchmark
  public Signature signEcdsa() {
    return signOne(ecdsa, new Digest32(random()).value());
  }

  @Benchmark
  public Signature signEddsa() {
    return signOne(eddsa, random());
  }

  /** Per signature. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public List<Signature> signEcdsaBatchOf8() {
    List<SignRequest> requests = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      requests.add(request(ecdsa, random()));
    }
    return parties.run(parties.first.signAll(requests));
  }
}
