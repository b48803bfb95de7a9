/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.attack;

import static com.spatium.cryptodriver.attack.TwoParties.ECMATH;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.BlumProof;
import com.spatium.cryptodriver.wire.DlProof;
import com.spatium.cryptodriver.wire.EncDlProof;
import com.spatium.cryptodriver.wire.FacProof;
import com.spatium.cryptodriver.wire.NRootProof;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.PrmProof;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.cryptodriver.wire.Version;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * The proofs of protocol.md §3 as a cheater makes them: in the clear, for any integers, true or
 * not, also negative or too long, over the real transcript. With a true witness in range they
 * verify. Written from protocol.md, not from the driver's provers.
 */
final class Forge {
  static final SecureRandom RANDOM = new SecureRandom();
  static final Widths WIDTHS = new Widths(SecurityLevel.BITS_112.modulusBytes());
  static final BigInteger Q = ECMATH.secp256k1().order();
  static final BigInteger L = ECMATH.ed25519().order();

  private Forge() {}

  // ---- numbers ----

  static BigInteger number(Bytes bigEndian) {
    return new BigInteger(1, bigEndian.toByteArray());
  }

  static BigInteger twoTo(int bits) {
    return BigInteger.ONE.shiftLeft(bits);
  }

  static BigInteger below(BigInteger bound) {
    return new BigInteger(bound.bitLength() + 64, RANDOM).mod(bound);
  }

  /** Big-endian; of a number that does not fit, what fits of it: the best a cheater can send. */
  static Bytes fitted(BigInteger value, int length) {
    byte[] signed = value.mod(twoTo(8 * length)).toByteArray();
    byte[] out = new byte[length];
    int copied = Math.min(signed.length, length);
    System.arraycopy(signed, signed.length - copied, out, length - copied, copied);
    return Bytes.of(out);
  }

  static Bytes zero(int length) {
    return Bytes.of(new byte[length]);
  }

  static Bytes random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  // ---- points and scalars ----

  static Curve curve(Suite suite) {
    return suite == Suite.ECDSA_SECP256K1 ? ECMATH.secp256k1() : ECMATH.ed25519();
  }

  /** As the curve encodes it, reduced. */
  static Bytes scalar(Suite suite, BigInteger value) {
    Bytes bigEndian = fitted(value.mod(curve(suite).order()), 32);
    return suite == Suite.ECDSA_SECP256K1 ? bigEndian : reversed(bigEndian);
  }

  static BigInteger number(Suite suite, Bytes scalar) {
    return number(suite == Suite.ECDSA_SECP256K1 ? scalar : reversed(scalar));
  }

  static Bytes reversed(Bytes bytes) {
    byte[] in = bytes.toByteArray();
    byte[] out = new byte[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = in[in.length - 1 - i];
    }
    return Bytes.of(out);
  }

  /** x·G. */
  static Bytes point(Suite suite, BigInteger x) {
    try (SecretScalar scalar = curve(suite).fromPublic(scalar(suite, x).toByteArray())) {
      return Bytes.of(curve(suite).mulBase(scalar));
    }
  }

  /** a·A + b·B; empty for the identity. */
  static Optional<Bytes> sum(Suite suite, BigInteger a, Bytes bigA, BigInteger b, Bytes bigB) {
    byte[][] scalars = {scalar(suite, a).toByteArray(), scalar(suite, b).toByteArray()};
    return curve(suite)
        .linear(null, scalars, new byte[][] {bigA.toByteArray(), bigB.toByteArray()})
        .map(Bytes::of);
  }

  static Bytes times(Suite suite, BigInteger a, Bytes bigA) {
    return sum(suite, a, bigA, BigInteger.ZERO, bigA).orElseThrow();
  }

  /** −X. */
  static Bytes negative(Suite suite, Bytes x) {
    return times(suite, BigInteger.ONE.negate(), x);
  }

  /**
   * A secret of our own, taken from the vault: the answer to a challenge is public, and 1 + 1·x
   * tells x.
   */
  static BigInteger reveal(Suite suite, SecretScalar own) {
    byte[] one = scalar(suite, BigInteger.ONE).toByteArray();
    try (SecretScalar mask = curve(suite).fromPublic(one)) {
      Bytes response = Bytes.of(curve(suite).response(mask, one, own));
      return number(suite, response).subtract(BigInteger.ONE).mod(curve(suite).order());
    }
  }

  // ---- §3.1 ----

  /** For a witness that need not be one. */
  static DlProof dl(Bytes context, Role maker, Suite suite, Bytes x, BigInteger witness) {
    BigInteger k = below(curve(suite).order());
    Bytes a = point(suite, k);
    BigInteger e = number(new Transcript.Dl(context, maker, suite.curveName(), x, a).hash());
    return new DlProof(a, scalar(suite, k.add(e.multiply(witness))));
  }

  static ProvenPoint proven(Bytes context, Role maker, Suite suite, BigInteger witness) {
    Bytes x = point(suite, witness);
    return new ProvenPoint(x, dl(context, maker, suite, x, witness));
  }

  // ---- §3.2 ----

  /**
   * With the inverse of N mod φ(N); where there is none, N-th powers of anything: random residues.
   */
  static NRootProof nroot(BigInteger n, BigInteger phi) {
    byte[] all = new byte[WIDTHS.nrootSigma()];
    boolean invertible = n.gcd(phi).equals(BigInteger.ONE);
    for (int i = 0; i < NRootProof.REPETITIONS; i++) {
      BigInteger y = number(new Transcript.NRoot(Version.V1, fitted(n, WIDTHS.n()), i).y()).mod(n);
      BigInteger root = invertible ? y.modPow(n.modInverse(phi), n) : below(n);
      System.arraycopy(fitted(root, WIDTHS.n()).toByteArray(), 0, all, i * WIDTHS.n(), WIDTHS.n());
    }
    return new NRootProof(Bytes.of(all));
  }

  /**
   * Roots of what has one, by the factors; what has none gets a random residue. Factors that are 1
   * mod 4 are as good as none.
   */
  static BlumProof blum(BigInteger n, List<BigInteger> factors) {
    byte[] all = new byte[WIDTHS.blumSigma()];
    int found = 0;
    for (int index = 0; found < BlumProof.REPETITIONS; index++) {
      BigInteger y =
          number(new Transcript.Blum(Version.V1, fitted(n, WIDTHS.n()), index).y()).mod(n);
      long nonSquares = factors.stream().filter(p -> !isSquare(y, p)).count();
      if (nonSquares % 2 == 1) {
        continue;
      }
      BigInteger root = BigInteger.ZERO;
      for (BigInteger p : factors) {
        BigInteger others = n.divide(p);
        BigInteger leg = y.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
        if (others.gcd(p).equals(BigInteger.ONE)) {
          root = root.add(leg.multiply(others).multiply(others.modInverse(p)));
        }
      }
      Bytes sigma = fitted(root.mod(n).max(BigInteger.ONE), WIDTHS.n());
      System.arraycopy(sigma.toByteArray(), 0, all, found++ * WIDTHS.n(), WIDTHS.n());
    }
    return new BlumProof(Bytes.of(all));
  }

  private static boolean isSquare(BigInteger y, BigInteger p) {
    return y.modPow(p.shiftRight(1), p).equals(BigInteger.ONE);
  }

  // ---- §3.3 ----

  /** That n = p·q, for any p and q. */
  static FacProof fac(
      PairingId pairingId, BigInteger n, BigInteger p, BigInteger q, PedersenFields verifier) {
    BigInteger hat = number(verifier.n());
    BigInteger s = number(verifier.s1());
    BigInteger t = number(verifier.t());
    BigInteger alpha = below(n.sqrt().shiftLeft(512));
    BigInteger beta = below(n.sqrt().shiftLeft(512));
    BigInteger mu = below(hat.shiftLeft(128));
    BigInteger nu = below(hat.shiftLeft(128));
    BigInteger sigma = below(n.multiply(hat).shiftLeft(128));
    BigInteger x = below(hat.shiftLeft(384));
    BigInteger y = below(hat.shiftLeft(384));
    BigInteger rho = below(n.multiply(hat).shiftLeft(384));
    BigInteger bigP = power(s, p, hat).multiply(power(t, mu, hat)).mod(hat);
    BigInteger bigQ = power(s, q, hat).multiply(power(t, nu, hat)).mod(hat);
    BigInteger a = power(s, alpha, hat).multiply(power(t, x, hat)).mod(hat);
    BigInteger b = power(s, beta, hat).multiply(power(t, y, hat)).mod(hat);
    BigInteger bigT = power(bigQ, alpha, hat).multiply(power(t, rho, hat)).mod(hat);
    int w = WIDTHS.n();
    Bytes sigmaBytes = fitted(sigma, WIDTHS.facSigma());
    BigInteger e =
        number(
            new Transcript.Fac(
                    pairingId.value(),
                    Role.INITIATOR,
                    fitted(n, w),
                    verifier.n(),
                    verifier.s1(),
                    verifier.t(),
                    fitted(bigP, w),
                    fitted(bigQ, w),
                    fitted(a, w),
                    fitted(b, w),
                    fitted(bigT, w),
                    sigmaBytes)
                .hash());
    return new FacProof(
        fitted(bigP, w),
        fitted(bigQ, w),
        fitted(a, w),
        fitted(b, w),
        fitted(bigT, w),
        sigmaBytes,
        fitted(alpha.add(e.multiply(p)), WIDTHS.facZ()),
        fitted(beta.add(e.multiply(q)), WIDTHS.facZ()),
        fitted(x.add(e.multiply(mu)), WIDTHS.masked()),
        fitted(y.add(e.multiply(nu)), WIDTHS.masked()),
        fitted(rho.add(e.multiply(sigma.subtract(nu.multiply(p)))), WIDTHS.facV()));
  }

  // ---- §3.4 ----

  /**
   * Without logarithms, for any ŝ₁, ŝ₂: guesses the 128 bits, makes commitments that fit the guess,
   * and hopes. Right guesses are 1 in 2^128.
   */
  static PrmProof prm(SecurityLevel level, PedersenFields fields) {
    BigInteger hat = number(fields.n());
    BigInteger[] s = {number(fields.s1()), number(fields.s2())};
    int w = WIDTHS.n();
    byte[] a = new byte[WIDTHS.prmVector()];
    byte[] z = new byte[WIDTHS.prmVector()];
    for (int k = 0; k < 2 * PrmProof.REPETITIONS; k++) {
      // Short responses, so that the test is quick; they are in range.
      BigInteger zk = new BigInteger(64, RANDOM);
      BigInteger ak = power(number(fields.t()), zk, hat);
      if (k % 2 == 1) {
        ak = ak.multiply(s[k / PrmProof.REPETITIONS].modInverse(hat)).mod(hat);
      }
      System.arraycopy(fitted(ak, w).toByteArray(), 0, a, k * w, w);
      System.arraycopy(fitted(zk, w).toByteArray(), 0, z, k * w, w);
    }
    return new PrmProof(Bytes.of(a), Bytes.of(z));
  }

  // ---- §3.5 ----

  /** What encdl speaks about. */
  record EncDlStatement(Bytes sid, BigInteger n, Bytes c, Bytes x, PedersenFields verifier) {}

  /** C = Enc(x; ρ) and X = x·G, for any C, X, x, ρ. */
  static EncDlProof encdl(EncDlStatement statement, BigInteger x, BigInteger rho) {
    return encdl(statement, x, rho, false);
  }

  /**
   * @param zero A = z2 = 0: with C = 0 that satisfies the ciphertext equation
   */
  static EncDlProof encdl(EncDlStatement statement, BigInteger x, BigInteger rho, boolean zero) {
    BigInteger n = statement.n;
    BigInteger hat = number(statement.verifier.n());
    BigInteger s1 = number(statement.verifier.s1());
    BigInteger t = number(statement.verifier.t());
    BigInteger mu = below(hat.shiftLeft(128));
    BigInteger alpha = below(twoTo(512));
    BigInteger r = below(n);
    BigInteger gamma = below(hat.shiftLeft(384));
    int w = WIDTHS.n();
    Bytes s = fitted(power(s1, x, hat).multiply(power(t, mu, hat)), w, hat);
    Bytes d = fitted(power(s1, alpha, hat).multiply(power(t, gamma, hat)), w, hat);
    Bytes a = zero ? zero(WIDTHS.n2()) : encrypt(n, alpha, r);
    Bytes y = point(Suite.ECDSA_SECP256K1, alpha);
    BigInteger e = encdlChallenge(statement, s, a, y, d);
    return new EncDlProof(
        s,
        a,
        y,
        d,
        fitted(alpha.add(e.multiply(x)), Widths.Z1),
        zero ? zero(w) : fitted(r.multiply(rho.modPow(e, n)), w, n),
        fitted(gamma.add(e.multiply(mu)), WIDTHS.masked()));
  }

  static BigInteger encdlChallenge(EncDlStatement statement, Bytes s, Bytes a, Bytes y, Bytes d) {
    PedersenFields verifier = statement.verifier;
    return number(
        new Transcript.EncDl(
                statement.sid,
                Role.INITIATOR,
                fitted(statement.n, WIDTHS.n()),
                statement.c,
                statement.x,
                verifier.n(),
                verifier.s1(),
                verifier.t(),
                s,
                a,
                y,
                d)
            .hash());
  }

  // ---- §3.6 ----

  /** What aff speaks about. */
  record AffStatement(
      Bytes sid,
      BigInteger n,
      Bytes cKey,
      Bytes c3,
      Bytes r2,
      Bytes r,
      Bytes q2,
      Bytes m,
      PedersenFields verifier) {}

  /** c3 = a⊙c_key ⊕ Enc(b; σ), a·R2 = r·Q2, b·R2 = m·G, for any integers. */
  static AffProof aff(AffStatement statement, BigInteger a, BigInteger b, BigInteger sigma) {
    return aff(statement, a, b, sigma, false);
  }

  /**
   * @param zero D = w = 0: with c3 = 0 that satisfies the ciphertext equation
   */
  static AffProof aff(
      AffStatement statement, BigInteger a, BigInteger b, BigInteger sigma, boolean zero) {
    BigInteger n = statement.n;
    BigInteger hat = number(statement.verifier.n());
    BigInteger s1 = number(statement.verifier.s1());
    BigInteger s2 = number(statement.verifier.s2());
    BigInteger t = number(statement.verifier.t());
    BigInteger mu = below(hat.shiftLeft(128));
    BigInteger alpha = below(twoTo(512));
    // Away from 0, so that the response to a negative b of some 1000 bits is not negative.
    BigInteger beta = below(twoTo(1155)).setBit(1155);
    BigInteger tau = below(n);
    BigInteger gamma = below(hat.shiftLeft(384));
    int w = WIDTHS.n();
    Bytes s =
        fitted(power(s1, a, hat).multiply(power(s2, b, hat)).multiply(power(t, mu, hat)), w, hat);
    Bytes big =
        fitted(
            power(s1, alpha, hat).multiply(power(s2, beta, hat)).multiply(power(t, gamma, hat)),
            w,
            hat);
    Bytes d = zero ? zero(WIDTHS.n2()) : affine(n, statement.cKey, alpha, beta, tau);
    Bytes fa = times(Suite.ECDSA_SECP256K1, alpha, statement.r2);
    Bytes fb = times(Suite.ECDSA_SECP256K1, beta, statement.r2);
    BigInteger e =
        number(
            new Transcript.Aff(
                    statement.sid,
                    Role.RESPONDER,
                    fitted(n, w),
                    statement.cKey,
                    statement.c3,
                    statement.r2,
                    statement.r,
                    statement.q2,
                    statement.m,
                    statement.verifier,
                    s,
                    big,
                    d,
                    fa,
                    fb)
                .hash());
    return new AffProof(
        s,
        big,
        d,
        fa,
        fb,
        fitted(alpha.add(e.multiply(a)), Widths.Z1),
        fitted(beta.add(e.multiply(b)), Widths.AFF_Z2),
        fitted(gamma.add(e.multiply(mu)), WIDTHS.masked()),
        zero ? zero(w) : fitted(tau.multiply(sigma.modPow(e, n)), w, n));
  }

  // ---- Paillier ----

  /** Enc(m; ρ). */
  static Bytes encrypt(BigInteger n, BigInteger m, BigInteger rho) {
    BigInteger square = n.multiply(n);
    return fitted(
        m.mod(n).multiply(n).add(BigInteger.ONE).multiply(rho.modPow(n, square)),
        WIDTHS.n2(),
        square);
  }

  /** a⊙c ⊕ Enc(b; σ). */
  static Bytes affine(BigInteger n, Bytes c, BigInteger a, BigInteger b, BigInteger sigma) {
    BigInteger square = n.multiply(n);
    return fitted(
        power(number(c), a, square).multiply(number(encrypt(n, b, sigma))), WIDTHS.n2(), square);
  }

  private static Bytes fitted(BigInteger value, int length, BigInteger modulus) {
    return fitted(value.mod(modulus), length);
  }

  private static BigInteger power(BigInteger base, BigInteger exponent, BigInteger modulus) {
    return base.modPow(exponent, modulus);
  }
}
