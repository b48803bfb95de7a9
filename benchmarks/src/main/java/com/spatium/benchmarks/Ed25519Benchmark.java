/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * ed25519. BouncyCastle's fixed base is its making of a public key (with a hash); neither it nor
 * the JDK multiplies any point. Ours never signs alone, so {@link #sign} has rivals only: a
 * two-party signature stands beside it in the report.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class Ed25519Benchmark {
  /** SubjectPublicKeyInfo up to the key, RFC 8410. */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  @Param({"ifma", "portable", "libsodium", "BouncyCastle", "JDK"})
  public String library = Kernel.IFMA;

  private Curve curve;
  private SecretScalar scalar;
  private byte[] scalarBytes;
  private byte[] seed;
  private byte[] point;
  private byte[] message;
  private byte[] signature;
  private PrivateKey jdkPrivate;
  private PublicKey jdkPublic;

  @Setup
  public void setUp() throws GeneralSecurityException {
    EcMath ecmath = Kernel.isOne(library) ? Kernel.open(library) : EcMath.open();
    curve = ecmath.ed25519();
    seed = new byte[32];
    Arrays.fill(seed, (byte) 0x5a);
    message = Arrays.copyOf(seed, 32);
    try (SecretBlob blob = ecmath.vault().fromPublic(seed)) {
      scalar = curve.fromEd25519Seed(blob);
    }
    scalarBytes = reducedScalar(seed);
    point = new byte[32];
    Ed25519.generatePublicKey(seed, 0, point, 0);
    signature = new byte[64];
    Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    jdkPrivate = factory.generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    byte[] encoded = Arrays.copyOf(SPKI, SPKI.length + 32);
    System.arraycopy(point, 0, encoded, SPKI.length, 32);
    jdkPublic = factory.generatePublic(new X509EncodedKeySpec(encoded));

    if (!library.equals("JDK")) {
      Check.that(Arrays.equals(point, fixedBase()), library + ": k·B");
    }
    if (Kernel.isOne(library) || library.equals("libsodium")) {
      byte[] other = new byte[32];
      Rivals.check(Rivals.rivals_sodium_mul(point, scalarBytes, other));
      Check.that(Arrays.equals(curve.mul(point, scalar), other), "k·P");
    }
    if (!Kernel.isOne(library)) {
      Check.that(Arrays.equals(signature, sign()), library + " signs");
    }
    Check.that(verify(), library + ": a signature");
    message[0] ^= 1;
    Check.that(!verify(), library + ": a wrong signature");
    message[0] ^= 1;
  }

  /** RFC 8032 §5.1.5, mod L. */
  private byte[] reducedScalar(byte[] of) throws GeneralSecurityException {
    byte[] h = Arrays.copyOf(MessageDigest.getInstance("SHA-512").digest(of), 32);
    h[0] &= (byte) 248;
    h[31] = (byte) ((h[31] & 127) | 64);
    return reversed(Check.bytes(new BigInteger(1, reversed(h)).mod(curve.order()), 32));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }

  @TearDown
  public void tearDown() {
    scalar.close();
  }

  private UnsupportedOperationException none() {
    return new UnsupportedOperationException(library + " does not offer this");
  }

  @Benchmark
  public byte[] fixedBase() {
    byte[] out = new byte[32];
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.mulBase(scalar);
      case "libsodium":
        Rivals.check(Rivals.rivals_sodium_base(scalarBytes, out));
        return out;
      case "BouncyCastle":
        Ed25519.generatePublicKey(seed, 0, out, 0);
        return out;
      default:
        throw none();
    }
  }

  @Benchmark
  public byte[] anyPoint() {
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.mul(point, scalar);
      case "libsodium":
        byte[] out = new byte[32];
        Rivals.check(Rivals.rivals_sodium_mul(point, scalarBytes, out));
        return out;
      default:
        throw none();
    }
  }

  @Benchmark
  public byte[] sign() throws GeneralSecurityException {
    byte[] out = new byte[64];
    switch (library) {
      case "libsodium":
        byte[] key = Arrays.copyOf(seed, 64);
        System.arraycopy(point, 0, key, 32, 32);
        Rivals.check(Rivals.rivals_sodium_sign(key, message, message.length, out));
        return out;
      case "BouncyCastle":
        Ed25519.sign(seed, 0, point, 0, message, 0, message.length, out, 0);
        return out;
      case "JDK":
        Signature jdk = Signature.getInstance("Ed25519");
        jdk.initSign(jdkPrivate);
        jdk.update(message);
        return jdk.sign();
      default:
        throw none();
    }
  }

  @Benchmark
  public boolean verify() throws GeneralSecurityException {
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.ed25519Verify(point, message, signature);
      case "libsodium":
        return Rivals.rivals_sodium_verify(point, message, message.length, signature) == 0;
      case "BouncyCastle":
        return Ed25519.verify(signature, 0, point, 0, message, 0, message.length);
      default:
        Signature jdk = Signature.getInstance("Ed25519");
        jdk.initVerify(jdkPublic);
        jdk.update(message);
        return jdk.verify(signature);
    }
  }
}
