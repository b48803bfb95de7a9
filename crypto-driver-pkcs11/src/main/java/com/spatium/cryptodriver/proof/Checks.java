/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Suite;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcError;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.InvalidInputException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checks of protocol.md §2 on received values, and how a proof reports what is wrong. One
 * object serves one message.
 *
 * <p>Moduli and ring-Pedersen parameters are checked where they become {@link PaillierModulus} and
 * {@link PedersenParameters}.
 */
public final class Checks {
  private final EcMath ecmath;
  private final String step;
  private final String what;

  private Checks(EcMath ecmath, String step, String what) {
    this.ecmath = ecmath;
    this.step = step;
    this.what = what;
  }

  /**
   * For one message.
   *
   * @param step of protocol.md, e.g. "G4"
   */
  public static Checks at(EcMath ecmath, String step) {
    return new Checks(ecmath, step, "");
  }

  Checks in(String proof) {
    return new Checks(ecmath, step, proof + ": ");
  }

  /** Aborts with "step: what: otherwise". */
  public void require(boolean condition, String otherwise) {
    if (!condition) {
      throw fault(otherwise);
    }
  }

  PeerFaultException fault(String reason) {
    return PeerFaultException.abort(step, what + reason);
  }

  /** §2.2: on the curve, canonical, not the identity, in the prime-order subgroup. */
  public void points(Suite suite, String name, Bytes... points) {
    require(curve(ecmath, suite).check(arrays(points)), name + " is not a point of the group");
  }

  /**
   * Whether sum = base·G + Σ scalars·points. Says §2.2 of the points and of the sum, too: {@code
   * linear} refuses a point that is not of the group, and gives the one encoding of one that is,
   * never of the identity. So only where this is false need {@link #points} say why.
   *
   * @param base reduced, or null for 0
   */
  public boolean isSum(
      Suite suite, Bytes sum, byte @Nullable [] base, byte[][] scalars, Bytes... points) {
    try {
      return curve(ecmath, suite)
          .linear(base, scalars, arrays(points))
          .filter(found -> Arrays.equals(found, sum.toByteArray()))
          .isPresent();
    } catch (InvalidInputException e) {
      if (e.error() == EcError.POINT) {
        return false;
      }
      throw e;
    }
  }

  /** §2.3: a scalar in [1, q − 1] (ECDSA) or [0, L − 1] (EdDSA). */
  public void scalar(Suite suite, String name, Bytes scalar) {
    require(scalar.size() == 32, name + " has the wrong length");
    Curve curve = curve(ecmath, suite);
    BigInteger value = Numbers.ofScalar(curve, scalar);
    require(value.compareTo(curve.order()) < 0, name + " is not reduced");
    require(suite == Suite.EDDSA_ED25519 || value.signum() > 0, name + " is zero");
  }

  /** §2.4: ciphertexts in [1, N² − 1], coprime to N. */
  public void ciphertexts(PaillierModulus n, String name, Bytes... ciphertexts) {
    units(n.n(), 2, name, ciphertexts);
  }

  /** §2.1, §2.4: all different. */
  public void distinct(List<Bytes> moduli) {
    require(
        moduli.stream().distinct().count() == moduli.size(),
        "two moduli that must differ are equal");
  }

  /** In [1, n^power − 1] and coprime to n; also refuses another length. */
  void units(Bytes n, int power, String name, Bytes... elements) {
    require(
        ecmath.modular().areUnits(n.toByteArray(), power, arrays(elements)),
        name + " is not a unit");
  }

  void length(String name, Bytes value, int length) {
    require(value.size() == length, name + " has the wrong length");
  }

  /** Exact length, and below the bound; returns the value. */
  BigInteger below(String name, Bytes value, int length, BigInteger bound) {
    length(name, value, length);
    BigInteger number = Numbers.of(value);
    require(number.compareTo(bound) < 0, name + " is out of range");
    return number;
  }

  private static byte[][] arrays(Bytes... values) {
    return Arrays.stream(values).map(Bytes::toByteArray).toArray(byte[][]::new);
  }

  static Curve curve(EcMath ecmath, Suite suite) {
    return switch (suite) {
      case ECDSA_SECP256K1 -> ecmath.secp256k1();
      case EDDSA_ED25519 -> ecmath.ed25519();
    };
  }
}
