/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.DriverConfig.Pools;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Suite;
import com.spatium.ecmath.EcMath;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole procedures, both parties' work one after the other, software custody, no network. With the
 * profiler {@link Steps} each step shows as well.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ProtocolBenchmark {
  /** Which kernel, at which level. */
  @State(Scope.Benchmark)
  public static class Base {
    @Param({"ifma", "portable"})
    public String kernel = Kernel.IFMA;

    @Param({"BITS_112", "BITS_128"})
    public SecurityLevel level = SecurityLevel.BITS_128;

    @Setup
    public void open() {
      Kernel.open(kernel);
    }
  }

  /** Two parties with keys, whose signatures are valid. */
  @State(Scope.Benchmark)
  public static class Ready {
    private Prepared prepared;
    private long account;

    @Setup
    public void setUp(Base base) {
      prepared = Prepared.open(base.level, Pools.off());
      verify(prepared);
    }

    @TearDown
    public void tearDown() {
      prepared.close();
    }
  }

  /** The same, with all that can be made ahead of time ready before each signature. */
  @State(Scope.Benchmark)
  public static class Warm {
    private Prepared prepared;

    @Setup
    public void setUp(Base base) {
      prepared = Prepared.open(base.level, Pools.defaults());
      verify(prepared);
    }

    @Setup(Level.Invocation)
    public void fill() throws InterruptedException {
      prepared.parties.warmUp(prepared.ecdsa);
    }

    @TearDown
    public void tearDown() {
      prepared.close();
    }
  }

  /** A new secret for each invocation. */
  @State(Scope.Benchmark)
  public static class Unpaired {
    private SecretId secret;

    @Setup(Level.Invocation)
    public void generate(Ready ready) {
      secret = ready.prepared.parties.generate();
    }
  }

  static void verify(Prepared prepared) {
    Bytes digest = TwoParties.digest();
    Signature.Ecdsa ecdsa = (Signature.Ecdsa) prepared.parties.sign(prepared.ecdsa, digest);
    Check.that(
        EcMath.open()
            .secp256k1()
            .ecdsaVerify(
                prepared.ecdsa.publicKey().encoded().toByteArray(),
                digest.toByteArray(),
                ecdsa.r().toByteArray(),
                ecdsa.s().toByteArray()),
        "an ECDSA signature");
    Signature.Eddsa eddsa = (Signature.Eddsa) prepared.parties.sign(prepared.eddsa, digest);
    Check.that(
        EcMath.open()
            .ed25519()
            .ed25519Verify(
                prepared.eddsa.publicKey().encoded().toByteArray(),
                digest.toByteArray(),
                eddsa.toBytes().toByteArray()),
        "an EdDSA signature");
  }

  /** A new installation: ring-Pedersen parameters of safe primes, with {@code prm}. */
  @Benchmark
  public void install(Base base) {
    TwoParties.install(base.level);
  }

  /** A secret, with its Paillier modulus, on one side. */
  @Benchmark
  public SecretId secret(Ready ready) {
    return ready.prepared.parties.generateFirst();
  }

  @Benchmark
  public Pairing pair(Ready ready, Unpaired unpaired) {
    return ready.prepared.parties.pair(unpaired.secret);
  }

  @Benchmark
  public DistributedKey syncEcdsa(Ready ready) {
    return ready.prepared.parties.synchronise(
        ready.prepared.secret, Suite.ECDSA_SECP256K1, ++ready.account);
  }

  @Benchmark
  public DistributedKey syncEddsa(Ready ready) {
    return ready.prepared.parties.synchronise(
        ready.prepared.secret, Suite.EDDSA_ED25519, ++ready.account);
  }

  /** Without pools: all of it, in the session. */
  @Benchmark
  public Signature signEcdsa(Ready ready) {
    return ready.prepared.parties.sign(ready.prepared.ecdsa, TwoParties.digest());
  }

  /** What is left for the session when pools are full. */
  @Benchmark
  public Signature signEcdsaWarm(Warm warm) {
    return warm.prepared.parties.sign(warm.prepared.ecdsa, TwoParties.digest());
  }

  @Benchmark
  public Signature signEddsa(Ready ready) {
    return ready.prepared.parties.sign(ready.prepared.eddsa, TwoParties.digest());
  }
}
