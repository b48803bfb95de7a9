/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import com.spatium.cryptodriver.pkcs11.TokenConfig;
import com.spatium.cryptodriver.pkcs11.TokenCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the driver asks of its token, with SoftHSM: a floor. A device behind a bus or a network
 * takes milliseconds for each call of PKCS#11; a warm signature has one, at most two.
 *
 * <p>The environment variable {@code SOFTHSM2_CONF} names a configuration that this may create.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TokenBenchmark {
  private static final byte[] PIN = "20 years of it".getBytes(StandardCharsets.US_ASCII);
  private static final Bytes AAD = Bytes.of(new byte[] {1, 2, 3});
  private static final DerivationPath PATH = new DerivationPath(60, 0);

  private EcMath ecmath;
  private TokenCustody custody;
  private SecretId secret;
  private SecretBlob blob;
  private Bytes sealed;

  @Setup
  public void setUp() throws IOException {
    ecmath = EcMath.open();
    Path module = SoftHsmTokens.module().orElseThrow();
    String configuration = System.getenv("SOFTHSM2_CONF");
    Check.that(configuration != null, "SOFTHSM2_CONF is not set: ci/bench sets it");
    Path directory = Path.of(configuration).toAbsolutePath().getParent();
    if (!Files.exists(Path.of(configuration))) {
      SoftHsmTokens.configure(Files.createDirectories(directory));
    }
    String label = "bench-" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 1_000_000;
    try (SecretBlob pin = ecmath.vault().fromPublic(PIN)) {
      SoftHsmTokens.create(ecmath, module, label, pin, pin);
    }
    TokenConfig config = TokenConfig.of(module, label, () -> ecmath.vault().fromPublic(PIN));
    custody = TokenCustody.provision(ecmath, config, "bench");
    secret = SecretId.random();
    custody.createSecret(secret);
    blob = ecmath.vault().random(1024, null);
    sealed = seal();

    try (SecretBlob opened = custody.open(AAD, sealed);
        SecretScalar one = custody.fragment(secret, Suite.ECDSA_SECP256K1, PATH);
        SecretScalar two = custody.fragment(secret, Suite.ECDSA_SECP256K1, PATH)) {
      Check.that(ecmath.vault().equal(opened, blob), "what was sealed");
      Check.that(ecmath.vault().equal(one, two), "a fragment");
    }
  }

  @TearDown
  public void tearDown() {
    blob.close();
    custody.close();
  }

  /** C_GenerateRandom, 32 bytes: what each warm signature asks for. */
  @Benchmark
  public int random() {
    try (SecretBlob random = custody.randomness().orElseThrow()) {
      return random.hashCode();
    }
  }

  /** An HMAC-SHA-512 into the vault, reduced to a fragment. */
  @Benchmark
  public int fragment() {
    try (SecretScalar fragment = custody.fragment(secret, Suite.ECDSA_SECP256K1, PATH)) {
      return fragment.hashCode();
    }
  }

  /** 1 KiB: AES-CBC, an HMAC and an initialisation vector in the token. */
  @Benchmark
  public Bytes seal() {
    return custody.seal(AAD, blob);
  }

  /** Its inverse. */
  @Benchmark
  public int open() {
    try (SecretBlob opened = custody.open(AAD, sealed)) {
      return opened.hashCode();
    }
  }
}
