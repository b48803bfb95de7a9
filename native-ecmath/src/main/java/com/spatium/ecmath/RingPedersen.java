/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Ring-Pedersen commitments, and the key of one's own parameters. Thread-safe. */
public final class RingPedersen {
  private static final int MAX_BASES = 3;
  private static final int MAX_EXPONENT_BITS = 8192;

  RingPedersen() {}

  // ---- keys ----

  /**
   * Starts the search for a key: two safe primes, then t a random square, {@code s_i = t^lambda_i}.
   *
   * @param bits of N: 2048 or 3072 (512 for tests)
   */
  public KeySearch<RingPedersenKey> startRingPedersen(int bits) {
    return KeySearch.start(KeySearch.RING_PEDERSEN, bits, RingPedersenKey::new);
  }

  /** Searches to the end, on this thread. */
  public RingPedersenKey generate(int bits, ProgressListener listener) {
    try (KeySearch<RingPedersenKey> search = startRingPedersen(bits)) {
      return search.run(listener);
    }
  }

  /** N, s1, s2, t: public. */
  public RingPedersenParameters parameters(RingPedersenKey key) {
    int length = key.nativeLength();
    byte[] n = new byte[length];
    byte[] s1 = new byte[length];
    byte[] s2 = new byte[length];
    byte[] t = new byte[length];
    Calls.check(
        "ring-Pedersen parameters", Ecm.ecm_pedersen_public(key.raw(), n, s1, s2, t, length), key);
    return new RingPedersenParameters(n, s1, s2, t);
  }

  /** Wipes lambda_1 and lambda_2, which only {@code prm} needs; the key stays usable otherwise. */
  public void forget(RingPedersenKey key) {
    Calls.check("forget", Ecm.ecm_pedersen_forget(key.raw()), key);
  }

  // ---- commitments ----

  /**
   * {@code Π bases[j]^exponents[j]} mod N: public; constant time for the exponents' widths.
   *
   * @param n somebody's modulus
   * @param bases 1 .. 3 elements mod N
   * @param exponents one for each base, not negative
   */
  public byte[] commit(byte[] n, byte[][] bases, SecretInteger... exponents) {
    return commit(n, bases, List.of(List.of(exponents)))[0];
  }

  /** The same for each row of exponents, with the bases shared. */
  public byte[][] commit(byte[] n, byte[][] bases, List<List<SecretInteger>> rows) {
    Modular.modulus("commit", n);
    int k = Calls.within("commit", "the number of bases", bases.length, 1, MAX_BASES);
    int count = Calls.batch("commit", rows.size(), rows.size());
    List<SecretInteger> exponents = new ArrayList<>(count * k);
    for (List<SecretInteger> row : rows) {
      if (row.size() != k) {
        throw Calls.invalid(
            "commit", EcError.ARGUMENT, row.size() + " exponents for " + k + " bases");
      }
      exponents.addAll(row);
    }
    byte[] flat = Calls.flatten("commit", "a base", bases, n.length);
    byte[] out = new byte[Math.multiplyExact(count, n.length)];
    int code = Ecm.ecm_pedersen_commit(n, n.length, k, flat, count, Calls.raw(exponents), out);
    Calls.keepAll(exponents);
    Calls.check("commit", code);
    return Calls.split(out, n.length);
  }

  // ---- fixed bases ----

  /**
   * Prepares bases for many powers.
   *
   * @param n somebody's modulus
   * @param bases 1 .. 3 elements mod N
   * @param exponentBits for each, the most bits that an exponent may have: 1 .. 8192
   */
  public FixedBases fixedBases(byte[] n, byte[][] bases, int... exponentBits) {
    Modular.modulus("fixedBases", n);
    int k = Calls.within("fixedBases", "the number of bases", bases.length, 1, MAX_BASES);
    Calls.batch("fixedBases", k, exponentBits.length);
    for (int bits : exponentBits) {
      Calls.within("fixedBases", "the bits of an exponent", bits, 1, MAX_EXPONENT_BITS);
    }
    byte[] flat = Calls.flatten("fixedBases", "a base", bases, n.length);
    long[] out = new long[1];
    Calls.check("fixedBases", Ecm.ecm_bases_new(n, n.length, k, flat, exponentBits, out));
    return new FixedBases(out[0], k, n.length);
  }

  /**
   * {@code blind · Π bases[j]^exponents[j]} mod N: public; constant time for the exponents' widths.
   *
   * @param blind in [1, N), or null for 1
   * @param exponents one for each base, not negative; null: no power of this base
   */
  public byte[] commit(
      FixedBases bases, @Nullable SecretInteger blind, @Nullable SecretInteger... exponents) {
    return commit(bases, List.of(Arrays.asList(exponents)), blind == null ? null : List.of(blind))[
        0];
  }

  /** The same for each row; a base that one row leaves out is left out by all. */
  public byte[][] commit(
      FixedBases bases,
      List<List<@Nullable SecretInteger>> rows,
      @Nullable List<SecretInteger> blinds) {
    int k = bases.count();
    int count = Calls.batch("commit", rows.size(), blinds == null ? rows.size() : blinds.size());
    long[] exponents = new long[count * k];
    for (int i = 0; i < count; i++) {
      List<@Nullable SecretInteger> row = rows.get(i);
      if (row.size() != k) {
        throw Calls.invalid(
            "commit", EcError.ARGUMENT, row.size() + " exponents for " + k + " bases");
      }
      for (int j = 0; j < k; j++) {
        SecretInteger exponent = row.get(j);
        exponents[i * k + j] = exponent == null ? 0 : exponent.raw();
      }
    }
    byte[] out = new byte[Math.multiplyExact(count, bases.modulusLength())];
    int code =
        Ecm.ecm_bases_commit(
            bases.raw(), count, exponents, blinds == null ? null : Calls.raw(blinds), out);
    rows.forEach(row -> row.forEach(Calls::keep));
    Calls.keepAll(blinds);
    Calls.check("commit", code, bases);
    return Calls.split(out, bases.modulusLength());
  }

  /**
   * Random exponents below the bound, each with the power of the base: {@code (mu, t^mu)}.
   *
   * @param which of the bases
   * @param bound public, above 0, of no more bits than the base was prepared for
   */
  public List<Blinder> blinders(FixedBases bases, int which, BigInteger bound, int count) {
    Calls.within("blinders", "which", which, 0, bases.count() - 1);
    Calls.batch("blinders", count, count);
    byte[] bytes = Integers.bound("blinders", bound);
    long[] exponents = new long[count];
    long[] powers = new long[count];
    Calls.check(
        "blinders",
        Ecm.ecm_bases_random(bases.raw(), which, bytes, bytes.length, count, exponents, powers),
        bases);
    return Blinder.of(exponents, powers);
  }

  /**
   * {@code Π bases[j]^row[j]} mod N for each row of <b>public</b> exponents, unsigned big-endian;
   * one without bytes is 0.
   */
  public byte[][] powVartime(FixedBases bases, List<byte[][]> rows) {
    int count = Calls.batch("pow", rows.size(), rows.size());
    int[] lengths = new int[bases.count()];
    for (byte[][] row : rows) {
      Calls.batch("pow", lengths.length, row.length);
      for (int j = 0; j < lengths.length; j++) {
        lengths[j] = Math.max(lengths[j], row[j].length);
      }
    }
    byte[] flat = new byte[Math.multiplyExact(count, Arrays.stream(lengths).sum())];
    int at = 0;
    for (byte[][] row : rows) {
      for (int j = 0; j < lengths.length; j++) {
        at = Modular.putPadded(row[j], lengths[j], flat, at);
      }
    }
    byte[] out = new byte[Math.multiplyExact(count, bases.modulusLength())];
    Calls.check("pow", Ecm.ecm_bases_pow_vartime(bases.raw(), count, flat, lengths, out), bases);
    return Calls.split(out, bases.modulusLength());
  }

  // ---- verification with the key ----

  /**
   * What {@link #checkOwn} checks: {@code s1^z1·s2^z2·t^z3 = commitment·s^e} mod N. Public; the
   * arrays are read, not copied.
   *
   * @param z1 of the same length in all rows, as z2, z3 and e
   * @param z2 empty in all rows for {@code s1^z1·t^z3}
   * @param s a commitment, in [1, N)
   * @param commitment that of the masks, in [1, N)
   */
  @SuppressWarnings("ArrayRecordComponent") // an argument list, never compared
  public record Check(byte[] z1, byte[] z2, byte[] z3, byte[] s, byte[] e, byte[] commitment) {}

  /**
   * The equation of {@code encdl} and {@code aff} (protocol.md §3.5, §3.6) modulo one's own N, by
   * the Chinese remainder theorem. That the numbers are units is for the caller to check.
   *
   * @return the index of the first row that does not hold. It rests on a computation with the
   *     factors: before a peer is blamed, verify without them
   * @throws InvalidInputException RANGE if a number is not in its range
   */
  public OptionalInt checkOwn(RingPedersenKey key, List<Check> rows) {
    int count = Calls.batch("checkOwn", rows.size(), rows.size());
    int each = key.nativeLength();
    byte[] z1 = Calls.column("checkOwn", "z1", rows, Check::z1);
    byte[] z2 = Calls.column("checkOwn", "z2", rows, Check::z2);
    byte[] z3 = Calls.column("checkOwn", "z3", rows, Check::z3);
    byte[] e = Calls.column("checkOwn", "e", rows, Check::e);
    int[] first = new int[1];
    int code =
        Ecm.ecm_pedersen_check_own(
            key.raw(),
            count,
            z1,
            z1.length / count,
            z2.length == 0 ? null : z2,
            z2.length / count,
            z3,
            z3.length / count,
            Calls.column("checkOwn", "s", rows, each, Check::s),
            e,
            e.length / count,
            Calls.column("checkOwn", "commitment", rows, each, Check::commitment),
            first);
    return Calls.holds("checkOwn", code, EcError.VERIFY, key)
        ? OptionalInt.empty()
        : OptionalInt.of(first[0]);
  }

  // ---- prm ----

  /**
   * Step 1 of {@code prm}: count masks {@code a_j} uniform mod phi(N) and {@code A_j = t^a_j} mod
   * N.
   *
   * @param count even
   */
  public PrmCommitment prmCommit(RingPedersenKey key, int count) {
    Calls.batch("prmCommit", count, count);
    int each = key.nativeLength();
    byte[] a = new byte[Math.multiplyExact(count, each)];
    long[] masks = new long[1];
    Calls.check("prmCommit", Ecm.ecm_pedersen_prm_commit(key.raw(), count, a, masks), key);
    return new PrmCommitment(Calls.split(a, each), new PrmMasks(masks[0], count));
  }

  /**
   * Step 2 of {@code prm}: {@code z_j = a_j + e_j·lambda} mod phi(N), lambda_1 for the first half
   * and lambda_2 for the second: public. Works once: the masks are wiped.
   *
   * @param e one bit for each mask: bit j is bit (j mod 8) of byte j/8
   * @throws InvalidInputException RANGE after {@link #forget}
   */
  public byte[][] prmRespond(RingPedersenKey key, PrmMasks masks, byte[] e) {
    Calls.exact("prmRespond", "e", e, (masks.count() + 7) / 8);
    int each = key.nativeLength();
    byte[] z = new byte[Math.multiplyExact(masks.count(), each)];
    Calls.check(
        "prmRespond", Ecm.ecm_pedersen_prm_respond(key.raw(), masks.raw(), e, z), key, masks);
    return Calls.split(z, each);
  }
}
