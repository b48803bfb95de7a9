/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
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

/** secp256k1 through JNA beside BouncyCastle. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CurveBenchmark {
  private static final X9ECParameters SECP256K1 = CustomNamedCurves.getByName("secp256k1");

  @Param({"ecmath", "bouncycastle"})
  public String library = "ecmath";

  private Curve curve;
  private SecretScalar scalar;
  private BigInteger number;
  private byte[] point;

  @Setup(Level.Trial)
  public void setUp() {
    curve = EcMath.open().secp256k1();
    number = new BigInteger("7fffffff5555aaaa0123456789abcdef7fffffff5555aaaa0123456789abcdef", 16);
    scalar = curve.fromPublic(number.toByteArray());
    point = curve.mulBase(scalar);
    if (!Arrays.equals(point, SECP256K1.getG().multiply(number).getEncoded(true))) {
      throw new IllegalStateException("the libraries disagree");
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    scalar.close();
  }

  @Benchmark
  public byte[] fixedBase() {
    return library.equals("ecmath")
        ? curve.mulBase(scalar)
        : SECP256K1.getG().multiply(number).getEncoded(true);
  }

  @Benchmark
  public byte[] anyPoint() {
    if (library.equals("ecmath")) {
      return curve.mul(point, scalar);
    }
    ECPoint decoded = SECP256K1.getCurve().decodePoint(point);
    return decoded.multiply(number).getEncoded(true);
  }
}
