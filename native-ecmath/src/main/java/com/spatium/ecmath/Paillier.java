/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Paillier encryption: with the private key by the Chinese remainder theorem, checked before a
 * result leaves, and under somebody else's public key. Ciphertexts have twice the length of N,
 * big-endian. Thread-safe.
 */
public final class Paillier {
  Paillier() {}

  // ---- keys ----

  /**
   * Starts the search for a key: p ≡ q ≡ 3 mod 4.
   *
   * @param bits of N: 2048 or 3072 (512 for tests)
   */
  public KeySearch<PaillierKey> startPaillier(int bits) {
    return KeySearch.start(KeySearch.PAILLIER, bits, PaillierKey::new);
  }

  /** Searches to the end, on this thread. */
  public PaillierKey generate(int bits, ProgressListener listener) {
    try (KeySearch<PaillierKey> search = startPaillier(bits)) {
      return search.run(listener);
    }
  }

  /** N: public. */
  public byte[] modulus(PaillierKey key) {
    byte[] out = new byte[key.nativeLength()];
    Calls.check("modulus", Ecm.ecm_paillier_public(key.raw(), out, out.length), key);
    return out;
  }

  /** p (which = 0) or q (1): the witness of the proof {@code fac}. */
  public SecretInteger factor(PaillierKey key, int which) {
    Calls.within("factor", "which", which, 0, 1);
    long[] out = new long[1];
    Calls.check("factor", Ecm.ecm_paillier_factor(key.raw(), which, out), key);
    return new SecretInteger(out[0]);
  }

  // ---- under a public key ----

  /**
   * {@code c^a·(1 + b·N)·rho^N} mod N²: public. Without c and a it is encryption of b.
   *
   * @param n the modulus
   * @param c a ciphertext, or null (then a is null too)
   * @param a not negative and not wider than N, or null
   * @param b in [0, N)
   * @param rho in [1, N)
   */
  public byte[] affine(
      byte[] n,
      byte @Nullable [] c,
      @Nullable SecretInteger a,
      SecretInteger b,
      SecretInteger rho) {
    byte @Nullable [][] cs = c == null ? null : new byte[][] {c};
    return affine(n, cs, a == null ? null : List.of(a), List.of(b), List.of(rho))[0];
  }

  /** The same for each index. */
  public byte[][] affine(
      byte[] n,
      byte @Nullable [][] c,
      @Nullable List<SecretInteger> a,
      List<SecretInteger> b,
      List<SecretInteger> rho) {
    return affine(n, c, a, b, rho, Ecm::ecm_paillier_affine);
  }

  /**
   * The same with {@code rho^N} instead of rho, from {@link #randomizers}: each for one use.
   *
   * @param rhoN {@link Blinder#power}, in [1, N²)
   */
  public byte[][] affineWith(
      byte[] n,
      byte @Nullable [][] c,
      @Nullable List<SecretInteger> a,
      List<SecretInteger> b,
      List<SecretInteger> rhoN) {
    return affine(n, c, a, b, rhoN, Ecm::ecm_paillier_affine_with);
  }

  /** What the two have in common. */
  private interface AffineFunction {
    int call(
        byte[] n,
        long length,
        long count,
        byte @Nullable [] c,
        long @Nullable [] a,
        long[] b,
        long[] blind,
        byte[] out);
  }

  private static byte[][] affine(
      byte[] n,
      byte @Nullable [][] c,
      @Nullable List<SecretInteger> a,
      List<SecretInteger> b,
      List<SecretInteger> blind,
      AffineFunction function) {
    Modular.modulus("affine", n);
    int count = Calls.batch("affine", b.size(), blind.size());
    if ((c == null) != (a == null)) {
      throw Calls.invalid("affine", EcError.ARGUMENT, "c and a come together");
    }
    byte[] flat = null;
    long[] rawA = null;
    if (c != null && a != null) {
      Calls.batch("affine", count, c.length);
      Calls.batch("affine", count, a.size());
      flat = Calls.flatten("affine", "a ciphertext", c, 2 * n.length);
      rawA = Calls.raw(a);
    }
    byte[] out = new byte[Math.multiplyExact(count, 2 * n.length)];
    int code = function.call(n, n.length, count, flat, rawA, Calls.raw(b), Calls.raw(blind), out);
    Calls.keepAll(a, b, blind);
    Calls.check("affine", code);
    return Calls.split(out, 2 * n.length);
  }

  /** Randomizers for encryption under n: {@code rho} in [1, N) and {@code rho^N} mod N². */
  public List<Blinder> randomizers(byte[] n, int count) {
    Modular.modulus("randomizers", n);
    Calls.batch("randomizers", count, count);
    long[] rho = new long[count];
    long[] power = new long[count];
    Calls.check("randomizers", Ecm.ecm_paillier_randomizers(n, n.length, count, rho, power));
    return Blinder.of(rho, power);
  }

  // ---- with the private key ----

  /**
   * {@code Enc(m; rho) = (1 + m·N)·rho^N} mod N² under one's own key: public. m in [0, N), rho in
   * [1, N).
   */
  public byte[] encryptOwn(PaillierKey key, SecretInteger m, SecretInteger rho) {
    return encryptOwn(key, List.of(m), List.of(rho))[0];
  }

  /** The same for each index. */
  public byte[][] encryptOwn(PaillierKey key, List<SecretInteger> m, List<SecretInteger> rho) {
    int count = Calls.batch("encrypt", m.size(), rho.size());
    int each = 2 * key.nativeLength();
    byte[] out = new byte[Math.multiplyExact(count, each)];
    int code = Ecm.ecm_paillier_encrypt_own(key.raw(), count, Calls.raw(m), Calls.raw(rho), out);
    Calls.keepAll(m, rho);
    Calls.check("encrypt", code, key);
    return Calls.split(out, each);
  }

  /**
   * The plaintext in (−N/2, N/2), as a signed secret integer of N's width.
   *
   * @throws InvalidInputException RANGE or UNIT if c is not in [1, N²) or not coprime to N
   */
  public SecretInteger decrypt(PaillierKey key, byte[] c) {
    return decrypt(key, new byte[][] {c}).get(0);
  }

  /** The same for each; on an error there is no plaintext at all. */
  public List<SecretInteger> decrypt(PaillierKey key, byte[][] c) {
    return decrypt(key, c, 0);
  }

  /**
   * The same for plaintexts that are known to be short, in a third of the time: what N has to spare
   * checks the result.
   *
   * @param bits every plaintext has been proven to be in (−2^bits, 2^bits); 0: nothing is known
   * @throws FaultException if one is not
   */
  public List<SecretInteger> decrypt(PaillierKey key, byte[][] c, int bits) {
    Calls.within("decrypt", "bits", bits, 0, 8 * key.nativeLength());
    int count = Calls.batch("decrypt", c.length, c.length);
    byte[] flat = Calls.flatten("decrypt", "a ciphertext", c, 2 * key.nativeLength());
    long[] out = new long[count];
    Calls.check("decrypt", Ecm.ecm_paillier_decrypt(key.raw(), count, flat, bits, out), key);
    List<SecretInteger> plain = new ArrayList<>(count);
    for (long raw : out) {
      plain.add(new SecretInteger(raw));
    }
    return List.copyOf(plain);
  }

  /**
   * {@code sigma} with {@code sigma^N = y} mod N for each y, a unit mod N: public (protocol.md
   * §3.2).
   */
  public byte[][] nthRoots(PaillierKey key, byte[][] y) {
    int count = Calls.batch("nthRoots", y.length, y.length);
    int each = key.nativeLength();
    byte[] out = new byte[Math.multiplyExact(count, each)];
    Calls.check(
        "nthRoots",
        Ecm.ecm_paillier_nth_roots(key.raw(), count, Calls.flatten("nthRoots", "y", y, each), out),
        key);
    return Calls.split(out, each);
  }

  /**
   * {@code sigma} with {@code sigma^2 = y} or {@code -y} mod N for each y, a unit mod N of Jacobi
   * symbol 1: public (protocol.md §3.2, {@code blum}).
   */
  public byte[][] squareRoots(PaillierKey key, byte[][] y) {
    int count = Calls.batch("squareRoots", y.length, y.length);
    int each = key.nativeLength();
    byte[] out = new byte[Math.multiplyExact(count, each)];
    Calls.check(
        "squareRoots",
        Ecm.ecm_paillier_square_roots(
            key.raw(), count, Calls.flatten("squareRoots", "y", y, each), out),
        key);
    return Calls.split(out, each);
  }

  /**
   * What {@link #checkOwn} checks: {@code C^z1·(1 + z2·N)·w^N = d·c^e} mod N². Public; the arrays
   * are read, not copied.
   *
   * @param z1 exponent of the shared C; empty in all rows if there is no C
   * @param z2 of the same length in all rows, as z1 and e
   * @param w in [1, N)
   * @param d a ciphertext, of twice N's length, as c
   */
  @SuppressWarnings("ArrayRecordComponent") // an argument list, never compared
  public record Check(byte[] z1, byte[] z2, byte[] w, byte[] d, byte[] e, byte[] c) {}

  /**
   * The last step of {@code encdl} and {@code aff} (protocol.md §3.5, §3.6) under one's own N, by
   * the Chinese remainder theorem. That the numbers are units is for the caller to check.
   *
   * @param shared C, the same in all rows, or null
   * @return the index of the first row that does not hold. It rests on a computation with the
   *     factors: before a peer is blamed, verify without them
   * @throws InvalidInputException RANGE if a number is not in its range
   */
  public OptionalInt checkOwn(PaillierKey key, byte @Nullable [] shared, List<Check> rows) {
    int count = Calls.batch("checkOwn", rows.size(), rows.size());
    int each = key.nativeLength();
    if (shared != null) {
      Calls.exact("checkOwn", "C", shared, 2 * each);
    }
    byte[] z1 = Calls.column("checkOwn", "z1", rows, Check::z1);
    byte[] z2 = Calls.column("checkOwn", "z2", rows, Check::z2);
    byte[] e = Calls.column("checkOwn", "e", rows, Check::e);
    int[] first = new int[1];
    int code =
        Ecm.ecm_paillier_check_own(
            key.raw(),
            count,
            shared,
            shared == null && z1.length == 0 ? null : z1,
            z1.length / count,
            z2,
            z2.length / count,
            Calls.column("checkOwn", "w", rows, each, Check::w),
            Calls.column("checkOwn", "d", rows, 2 * each, Check::d),
            e,
            e.length / count,
            Calls.column("checkOwn", "c", rows, 2 * each, Check::c),
            first);
    return Calls.holds("checkOwn", code, EcError.VERIFY, key)
        ? OptionalInt.empty()
        : OptionalInt.of(first[0]);
  }
}
