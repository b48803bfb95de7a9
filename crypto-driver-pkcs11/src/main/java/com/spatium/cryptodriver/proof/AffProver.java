/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.proof.AffBlinder.Use;
import com.spatium.cryptodriver.wire.AffProof;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.cryptodriver.wire.Widths;
import com.spatium.ecmath.Blinder;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.FixedBases;
import com.spatium.ecmath.Integers;
import com.spatium.ecmath.SecretInteger;
import com.spatium.ecmath.SecretScalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * P2's half of {@link Aff} under one N and against one verifier, in three steps of which only the
 * last two need the message: {@link #blinders}; {@link #prepare}; {@link #encrypt} and {@link
 * #prove}. Each takes many at once, which costs less for each. Thread-safe.
 */
public final class AffProver {
  private static final int T_HAT = 2;

  private final EcMath ecmath;
  private final PaillierModulus n;
  private final PedersenParameters verifier;
  private final @Nullable FixedBases bases;

  /**
   * Over P1's parameters.
   *
   * @param n P1's N
   * @param verifier P1's N̂, ŝ₁, ŝ₂, t̂
   * @param bases {@link #bases} of the verifier: quicker. Stays the caller's, and open. Or null
   */
  public AffProver(
      EcMath ecmath, PaillierModulus n, PedersenParameters verifier, @Nullable FixedBases bases) {
    this.ecmath = ecmath;
    this.n = n;
    this.verifier = verifier;
    this.bases = bases;
  }

  /** Tables of the verifier's ŝ₁, ŝ₂, t̂, as wide as the masks α, β, γ. */
  public static FixedBases bases(EcMath ecmath, PedersenParameters verifier) {
    return ecmath
        .ringPedersen()
        .fixedBases(
            verifier.n().toByteArray(),
            bases(verifier),
            Aff.ELL_A + Numbers.EPSILON,
            Aff.ELL_B + Numbers.EPSILON,
            verifier.maskBound().bitLength());
  }

  // ---- without message and nonce ----

  /** First so many for {@link Use#WITNESS}, then so many for {@link Use#MASK}. */
  public List<AffBlinder> blinders(int witnesses, int masks) {
    List<AutoCloseable> made = new ArrayList<>();
    try {
      List<Blinder> units = ecmath.paillier().randomizers(n.n().toByteArray(), witnesses + masks);
      made.addAll(units);
      List<Exponent> exponents = new ArrayList<>();
      addExponents(verifier.blindBound(), witnesses, exponents, made);
      addExponents(verifier.maskBound(), masks, exponents, made);
      List<AffBlinder> blinders = new ArrayList<>();
      for (int i = 0; i < witnesses + masks; i++) {
        blinders.add(
            new AffBlinder(
                i < witnesses ? Use.WITNESS : Use.MASK,
                n,
                verifier,
                units.get(i),
                exponents.get(i).value(),
                exponents.get(i).power()));
      }
      return blinders;
    } catch (RuntimeException | Error e) {
      Wipe.all(made);
      throw e;
    }
  }

  /** μ or γ, with its power of t̂ if there are tables for it. */
  private record Exponent(SecretInteger value, @Nullable SecretInteger power) {}

  private void addExponents(
      BigInteger bound, int count, List<Exponent> exponents, List<AutoCloseable> made) {
    if (bases != null && count > 0) {
      for (Blinder blinder : ecmath.ringPedersen().blinders(bases, T_HAT, bound, count)) {
        made.add(blinder);
        exponents.add(new Exponent(blinder.secret(), blinder.power()));
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      SecretInteger exponent = ecmath.integers().randomBelow(bound);
      made.add(exponent);
      exponents.add(new Exponent(exponent, null));
    }
  }

  // ---- without the message ----

  /**
   * α, β, τ, γ and what is computed from them before a, b and c3 are known. For one proof: a second
   * would reveal a and b.
   */
  public static final class Masks implements AutoCloseable {
    private final Bytes n;
    private final PedersenFields verifier;
    private final Bytes cKey;
    private final Bytes r2;
    private final SecretInteger alpha;
    private final SecretInteger beta;
    private final AffBlinder blinder;
    private final Bytes e;
    private final Bytes d;
    private final Bytes fa;
    private final Bytes fb;
    private final AtomicBoolean used = new AtomicBoolean();

    private Masks(
        Bytes n,
        PedersenFields verifier,
        Bytes cKey,
        Bytes r2,
        SecretInteger alpha,
        SecretInteger beta,
        AffBlinder blinder,
        Bytes e,
        Bytes d,
        Bytes fa,
        Bytes fb) {
      this.n = n;
      this.verifier = verifier;
      this.cKey = cKey;
      this.r2 = r2;
      this.alpha = alpha;
      this.beta = beta;
      this.blinder = blinder;
      this.e = e;
      this.d = d;
      this.fa = fa;
      this.fb = fb;
    }

    /** R2. */
    public Bytes r2() {
      return r2;
    }

    private void take(Aff.Statement statement, PedersenParameters against) {
      if (!used.compareAndSet(false, true)) {
        throw new IllegalStateException("the masks of a proof were used twice");
      }
      if (!n.equals(statement.n().n())
          || !verifier.equals(against.fields())
          || !cKey.equals(statement.cKey())
          || !r2.equals(statement.r2())) {
        throw new IllegalStateException("the masks were made for another key or nonce");
      }
    }

    @Override
    public void close() {
      used.set(true);
      alpha.close();
      beta.close();
      blinder.close();
    }
  }

  /**
   * D, E, F_a, F_b for each R2 (protocol.md §6).
   *
   * @param r2 R2 = k2·G, of each proof
   * @param blinders of {@link Use#MASK}, as many; taken over, also when it fails
   */
  public List<Masks> prepare(Bytes cKey, List<Bytes> r2, List<AffBlinder> blinders) {
    List<AutoCloseable> made = new ArrayList<>(blinders);
    try {
      blinders.forEach(blinder -> blinder.take(Use.MASK));
      List<SecretInteger> alpha = new ArrayList<>();
      List<SecretInteger> beta = new ArrayList<>();
      for (int i = 0; i < r2.size(); i++) {
        alpha.add(random(Aff.ELL_A + Numbers.EPSILON, made));
        beta.add(random(Aff.ELL_B + Numbers.EPSILON, made));
      }
      // E = ŝ₁^α ŝ₂^β t̂^γ
      byte[][] e = commit(alpha, beta, blinders);
      // D = α⊙c_key ⊕ Enc(β; τ)
      byte[][] d = affine(cKey, alpha, beta, blinders);
      blinders.forEach(AffBlinder::forgetPowers);
      // F_a = α·R2, F_b = β·R2
      byte[][] fa = multiples(r2, alpha);
      byte[][] fb = multiples(r2, beta);
      List<Masks> masks = new ArrayList<>();
      for (int i = 0; i < r2.size(); i++) {
        masks.add(
            new Masks(
                n.n(),
                verifier.fields(),
                cKey,
                r2.get(i),
                alpha.get(i),
                beta.get(i),
                blinders.get(i),
                Bytes.of(e[i]),
                Bytes.of(d[i]),
                Bytes.of(fa[i]),
                Bytes.of(fb[i])));
      }
      return masks;
    } catch (RuntimeException | Error e) {
      Wipe.all(made);
      throw e;
    }
  }

  private SecretInteger random(int bits, List<AutoCloseable> made) {
    SecretInteger random = ecmath.integers().randomBelow(Numbers.twoTo(bits));
    made.add(random);
    return random;
  }

  private byte[][] multiples(List<Bytes> points, List<SecretInteger> factors) {
    Curve curve = ecmath.secp256k1();
    List<SecretScalar> modQ = new ArrayList<>();
    try {
      factors.forEach(factor -> modQ.add(curve.fromInteger(factor)));
      return curve.mul(bytes(points), modQ);
    } finally {
      Wipe.all(modQ);
    }
  }

  // ---- with the message ----

  /** a, b and what hides them; for one ciphertext and one proof. */
  public static final class Witness implements AutoCloseable {
    private final SecretInteger a;
    private final SecretInteger b;
    private final AffBlinder blinder;

    /**
     * Takes the secrets over.
     *
     * @param a in [0, 2^ℓa)
     * @param b in [0, 2^ℓb)
     * @param blinder of {@link Use#WITNESS}
     */
    public Witness(SecretInteger a, SecretInteger b, AffBlinder blinder) {
      this.a = a;
      this.b = b;
      this.blinder = blinder;
      blinder.take(Use.WITNESS);
    }

    @Override
    public void close() {
      a.close();
      b.close();
      blinder.close();
    }
  }

  /** c3 = a⊙c_key ⊕ Enc(b; σ) of each. */
  public List<Bytes> encrypt(Bytes cKey, List<Witness> witnesses) {
    return Arrays.stream(
            affine(
                cKey,
                each(witnesses, witness -> witness.a),
                each(witnesses, witness -> witness.b),
                each(witnesses, witness -> witness.blinder)))
        .map(Bytes::of)
        .toList();
  }

  /**
   * One proof to make.
   *
   * @param witness of the statement, which {@link #encrypt} made c3 of
   * @param masks for the statement's c_key and R2
   */
  public record Claim(
      ProofContext context, Aff.Statement statement, Witness witness, Masks masks) {}

  /** The proof of each claim. Wipes witnesses and masks, also when it fails. */
  public List<AffProof> prove(List<Claim> claims) {
    try {
      for (Claim claim : claims) {
        claim.masks.take(claim.statement, verifier);
      }
      List<Witness> witnesses = each(claims, Claim::witness);
      // S = ŝ₁^a ŝ₂^b t̂^μ
      byte[][] s =
          commit(
              each(witnesses, witness -> witness.a),
              each(witnesses, witness -> witness.b),
              each(witnesses, witness -> witness.blinder));
      List<AffProof> proofs = new ArrayList<>();
      for (int i = 0; i < s.length; i++) {
        proofs.add(respond(claims.get(i), Bytes.of(s[i])));
      }
      return proofs;
    } finally {
      for (Claim claim : claims) {
        claim.witness.close();
        claim.masks.close();
      }
    }
  }

  private AffProof respond(Claim claim, Bytes s) {
    Masks masks = claim.masks;
    Witness witness = claim.witness;
    byte[] e =
        Aff.challenge(
                claim.context, claim.statement, verifier, s, masks.e, masks.d, masks.fa, masks.fb)
            .toByteArray();
    Integers integers = ecmath.integers();
    AffBlinder mask = masks.blinder;
    AffBlinder blinder = witness.blinder;
    return new AffProof(
        s,
        masks.e,
        masks.d,
        masks.fa,
        masks.fb,
        // z1 = α + e·a, z2 = β + e·b, z3 = γ + e·μ, w = τ·σ^e mod N
        Bytes.of(integers.response(masks.alpha, e, witness.a, Widths.Z1)),
        Bytes.of(integers.response(masks.beta, e, witness.b, Widths.AFF_Z2)),
        Bytes.of(
            integers.response(mask.exponent(), e, blinder.exponent(), verifier.widths().masked())),
        Bytes.of(
            ecmath.modular().unitResponse(n.n().toByteArray(), mask.unit(), e, blinder.unit())));
  }

  // ---- for masks and for witnesses ----

  /** x⊙c_key ⊕ Enc(y; unit) of each. */
  private byte[][] affine(
      Bytes cKey, List<SecretInteger> x, List<SecretInteger> y, List<AffBlinder> blinders) {
    blinders.forEach(blinder -> blinder.requireFor(n, verifier));
    return ecmath
        .paillier()
        .affineWith(
            n.n().toByteArray(),
            bytes(Collections.nCopies(x.size(), cKey)),
            x,
            y,
            each(blinders, AffBlinder::unitPower));
  }

  /** ŝ₁^x ŝ₂^y t̂^exponent of each. */
  private byte[][] commit(List<SecretInteger> x, List<SecretInteger> y, List<AffBlinder> blinders) {
    blinders.forEach(blinder -> blinder.requireFor(n, verifier));
    List<SecretInteger> powers = new ArrayList<>();
    List<List<@Nullable SecretInteger>> rows = new ArrayList<>();
    for (int i = 0; i < blinders.size(); i++) {
      SecretInteger power = blinders.get(i).power();
      if (power != null) {
        powers.add(power);
      }
      rows.add(Arrays.asList(x.get(i), y.get(i), null));
    }
    if (bases != null && powers.size() == rows.size()) {
      return ecmath.ringPedersen().commit(bases, rows, powers);
    }
    List<List<SecretInteger>> exponents = new ArrayList<>();
    for (int i = 0; i < blinders.size(); i++) {
      exponents.add(List.of(x.get(i), y.get(i), blinders.get(i).exponent()));
    }
    return ecmath.ringPedersen().commit(verifier.n().toByteArray(), bases(verifier), exponents);
  }

  private static byte[][] bases(PedersenParameters parameters) {
    PedersenFields fields = parameters.fields();
    return bytes(List.of(fields.s1(), fields.s2(), fields.t()));
  }

  private static byte[][] bytes(List<Bytes> items) {
    return items.stream().map(Bytes::toByteArray).toArray(byte[][]::new);
  }

  private static <T, U> List<U> each(List<T> items, Function<T, U> get) {
    return items.stream().map(get).toList();
  }
}
