/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
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
 * secp256k1, all in compressed encodings. Ours and libsecp256k1 multiply in constant time through
 * JNA, BouncyCastle does not. The JDK is no rival: JDK 16 removed secp256k1.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class Secp256k1Benchmark {
  private static final X9ECParameters GROUP = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(GROUP);

  @Param({"ifma", "portable", "libsecp256k1", "BouncyCastle"})
  public String library = Kernel.IFMA;

  private Curve curve;
  private SecretScalar scalar;
  private BigInteger number;
  private byte[] scalarBytes;
  private byte[] point;
  private byte[] digest;
  private BigInteger r;
  private BigInteger s;
  private byte[] rs;

  @Setup
  public void setUp() {
    EcMath ecmath = Kernel.isOne(library) ? Kernel.open(library) : EcMath.open();
    curve = ecmath.secp256k1();
    number = new BigInteger("7fffffff5555aaaa0123456789abcdef7fffffff5555aaaa0123456789abcdef", 16);
    scalarBytes = Check.bytes(number, 32);
    scalar = curve.fromPublic(scalarBytes);
    point = DOMAIN.getG().multiply(number).getEncoded(true);
    digest = Check.bytes(number.shiftRight(3), 32);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(number, DOMAIN));
    BigInteger[] signature = signer.generateSignature(digest);
    r = signature[0];
    s = signature[1].min(DOMAIN.getN().subtract(signature[1]));
    rs = Arrays.copyOf(Check.bytes(r, 32), 64);
    System.arraycopy(Check.bytes(s, 32), 0, rs, 32, 32);

    Check.that(Arrays.equals(point, fixedBase()), library + ": k·G");
    byte[] twice = GROUP.getCurve().decodePoint(point).multiply(number).getEncoded(true);
    Check.that(Arrays.equals(twice, anyPoint()), library + ": k·P");
    Check.that(verify(), library + ": a signature");
    digest[0] ^= 1;
    Check.that(!verify(), library + ": a wrong signature");
    digest[0] ^= 1;
  }

  @TearDown
  public void tearDown() {
    scalar.close();
  }

  @Benchmark
  public byte[] fixedBase() {
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.mulBase(scalar);
      case "libsecp256k1":
        byte[] out = new byte[33];
        Rivals.check(Rivals.rivals_secp256k1_base(scalarBytes, out));
        return out;
      default:
        return DOMAIN.getG().multiply(number).getEncoded(true);
    }
  }

  @Benchmark
  public byte[] anyPoint() {
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.mul(point, scalar);
      case "libsecp256k1":
        byte[] out = new byte[33];
        Rivals.check(Rivals.rivals_secp256k1_mul(point, scalarBytes, out));
        return out;
      default:
        return GROUP.getCurve().decodePoint(point).multiply(number).getEncoded(true);
    }
  }

  @Benchmark
  public boolean verify() {
    switch (library) {
      case Kernel.IFMA, Kernel.PORTABLE:
        return curve.ecdsaVerify(
            point, digest, Arrays.copyOf(rs, 32), Arrays.copyOfRange(rs, 32, 64));
      case "libsecp256k1":
        return Rivals.rivals_secp256k1_verify(point, digest, rs) == 0;
      default:
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(
            false, new ECPublicKeyParameters(GROUP.getCurve().decodePoint(point), DOMAIN));
        return verifier.verifySignature(digest, r, s);
    }
  }
}
