/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.n1analytics.paillier.PaillierPrivateKey;
import com.n1analytics.paillier.PaillierPublicKey;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.SecretHandle;
import com.spatium.ecmath.SecretInteger;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/**
 * Paillier encryption under somebody else's key (with a fresh ρ, as javallier makes one) and under
 * one's own, and decryption. Ours checks a decryption before it leaves, and gives secrets as
 * handles. {@code GMP} and {@code OpenSSL} are the textbook in C over those libraries, with a ready
 * ρ and no check: less work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PaillierBenchmark {
  static final int BATCH = 8;

  /** Bits of what P1 decrypts in signing (docs/protocol.md §4.3, "No wrap"). */
  private static final int SHORT = 1158;

  @Param({"ifma", "portable", "OpenSSL", "GMP", "javallier"})
  public String library = Kernel.IFMA;

  @Param({"2048", "3072"})
  public int bits = 3072;

  private BigInteger n;
  private BigInteger m;
  private byte[] modulus;
  private byte[] plaintext;
  private byte[] rho;
  private byte[] ciphertext;

  private @Nullable EcMath ecmath;
  private @Nullable PaillierKey ours;
  private @Nullable SecretInteger secret;
  private long rival;
  private @Nullable PaillierPrivateKey javallier;

  @Setup
  public void setUp() {
    SecureRandom random = new SecureRandom();
    if (Kernel.isOne(library)) {
      EcMath open = Kernel.open(library);
      ecmath = open;
      ours = open.paillier().generate(bits, progress -> {});
      n = new BigInteger(1, open.paillier().modulus(ours));
    } else if (library.equals("javallier")) {
      javallier = PaillierPrivateKey.create(bits);
      n = javallier.getPublicKey().getModulus();
    } else {
      BigInteger p = BigInteger.probablePrime(bits / 2, random);
      do {
        n = p.multiply(BigInteger.probablePrime(bits / 2, random));
      } while (n.bitLength() != bits);
      int which = library.equals("GMP") ? Rivals.GMP : Rivals.OPENSSL;
      rival =
          Rivals.rivals_paillier_new(
              which, Check.bytes(p, bits / 16), Check.bytes(n.divide(p), bits / 16), bits / 16);
      Check.that(rival != 0, library + " has no key");
    }
    modulus = Check.bytes(n, bits / 8);
    m = new BigInteger(256, random);
    plaintext = Check.bytes(m, bits / 8);
    BigInteger r = new BigInteger(bits - 1, random);
    rho = Check.bytes(r, bits / 8);
    BigInteger square = n.multiply(n);
    BigInteger c = n.multiply(m).add(BigInteger.ONE).multiply(r.modPow(n, square)).mod(square);
    ciphertext = Check.bytes(c, bits / 4);
    check(c, r);
  }

  private void check(BigInteger c, BigInteger r) {
    if (javallier != null) {
      Check.that(javallier.raw_decrypt(c).equals(m), "javallier's decryption");
      BigInteger own = javallier.getPublicKey().raw_encrypt(m);
      Check.that(javallier.raw_decrypt(own).equals(m), "javallier's encryption");
    } else if (rival != 0) {
      Check.equal(c, (byte[]) encryptForeign(), library + " encrypts and");
      Check.equal(m, (byte[]) decrypt(), library + " decrypts and");
    } else {
      EcMath with = library();
      secret = with.integers().fromPublic(m, 32);
      try (SecretInteger known = with.integers().fromPublic(r, bits / 8);
          SecretInteger back = with.paillier().decrypt(key(), ciphertext)) {
        byte[] foreign = with.paillier().affine(modulus, null, null, secret(), known);
        Check.equal(c, foreign, library + " encrypts and");
        Check.equal(c, with.paillier().encryptOwn(key(), secret(), known), "the owner");
        Check.that(with.vault().equal(back, secret()), "our decryption");
        SecretInteger small =
            with.paillier().decrypt(key(), new byte[][] {ciphertext}, SHORT).get(0);
        Check.that(with.vault().equal(small, secret()), "our decryption of a short plaintext");
        small.close();
      }
    }
  }

  @TearDown
  public void tearDown() {
    if (secret != null) {
      secret.close();
    }
    if (ours != null) {
      ours.close();
    }
    Rivals.rivals_paillier_free(rival);
  }

  private EcMath library() {
    return java.util.Objects.requireNonNull(ecmath);
  }

  private PaillierKey key() {
    return java.util.Objects.requireNonNull(ours);
  }

  private SecretInteger secret() {
    return java.util.Objects.requireNonNull(secret);
  }

  @Benchmark
  public Object encryptForeign() {
    if (javallier != null) {
      PaillierPublicKey key = javallier.getPublicKey();
      return key.raw_encrypt(m);
    }
    if (rival != 0) {
      byte[] out = new byte[bits / 4];
      Rivals.check(Rivals.rivals_paillier_encrypt(rival, plaintext, rho, out));
      return out;
    }
    try (SecretInteger fresh = library().modular().unitRandom(modulus)) {
      return library().paillier().affine(modulus, null, null, secret(), fresh);
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public byte[][] encryptForeignBatch() {
    List<SecretInteger> fresh = fresh();
    try {
      List<SecretInteger> same = Collections.nCopies(BATCH, secret());
      return library().paillier().affine(modulus, null, null, same, fresh);
    } finally {
      fresh.forEach(SecretHandle::close);
    }
  }

  /** With the factors, checked without them. */
  @Benchmark
  public byte[] encryptOwn() {
    try (SecretInteger fresh = library().modular().unitRandom(modulus)) {
      return library().paillier().encryptOwn(key(), secret(), fresh);
    }
  }

  @Benchmark
  public Object decrypt() {
    if (javallier != null) {
      return javallier.raw_decrypt(new BigInteger(1, ciphertext));
    }
    if (rival != 0) {
      byte[] out = new byte[bits / 8];
      Rivals.check(Rivals.rivals_paillier_decrypt(rival, ciphertext, out));
      return out;
    }
    try (SecretInteger back = library().paillier().decrypt(key(), ciphertext)) {
      return back;
    }
  }

  /** A plaintext that was proven to be short, as in signing: N's redundancy checks the result. */
  @Benchmark
  public int decryptShort() {
    List<SecretInteger> back =
        library().paillier().decrypt(key(), new byte[][] {ciphertext}, SHORT);
    back.forEach(SecretHandle::close);
    return back.size();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int decryptShortBatch() {
    byte[][] all = new byte[BATCH][];
    java.util.Arrays.fill(all, ciphertext);
    List<SecretInteger> back = library().paillier().decrypt(key(), all, SHORT);
    back.forEach(SecretHandle::close);
    return back.size();
  }

  private List<SecretInteger> fresh() {
    List<SecretInteger> fresh = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      fresh.add(library().modular().unitRandom(modulus));
    }
    return fresh;
  }
}
