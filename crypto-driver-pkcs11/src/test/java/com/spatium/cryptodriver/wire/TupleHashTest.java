/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.spatium.cryptodriver.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Against the sample values that NIST publishes with SP 800-185 (TupleHashXOF256, samples 4 to 6).
 */
final class TupleHashTest {
  private static final byte[] X0 = hex("000102");
  private static final byte[] X1 = hex("101112131415");
  private static final byte[] X2 = hex("202122232425262728");

  @Test
  void nistSample4() {
    assertSample(
        "",
        List.of(X0, X1),
        "03ded4610ed6450a1e3f8bc44951d14fbc384ab0efe57b000df6b6df5aae7cd568e77377daf13f37ec75cf5fc598b6841d51dd207c991cd45d210ba60ac52eb9");
  }

  @Test
  void nistSample5() {
    assertSample(
        "My Tuple App",
        List.of(X0, X1),
        "6483cb3c9952eb20e830af4785851fc597ee3bf93bb7602c0ef6a65d741aeca7e63c3b128981aa05c6d27438c79d2754bb1b7191f125d6620fca12ce658b2442");
  }

  @Test
  void nistSample6() {
    assertSample(
        "My Tuple App",
        List.of(X0, X1, X2),
        "0c59b11464f2336c34663ed51b2b950bec743610856f36c28d1d088d8a2446284dd09830a6a178dc752376199fae935d86cfdee5913d4922dfd369b66a53c897");
  }

  private static void assertSample(String customization, List<byte[]> tuple, String expected) {
    byte[] s = customization.getBytes(StandardCharsets.US_ASCII);
    assertEquals(expected, HexFormat.of().formatHex(TupleHash.xof256(s, tuple, 64)));
    // An XOF: a shorter output is a prefix, unlike TupleHash256 itself.
    assertArrayEquals(Arrays.copyOf(hex(expected), 16), TupleHash.xof256(s, tuple, 16));
  }

  /** Threat 4 (TSSHOCK, alpha-shuffle): one string of bytes, cut differently. */
  @Test
  void tuplesThatConcatenateToTheSameBytesDiffer() {
    List<List<byte[]>> tuples =
        List.of(
            List.of(hex("0102"), hex("03")),
            List.of(hex("01"), hex("0203")),
            List.of(hex("010203")),
            List.of(hex("010203"), new byte[0]),
            List.of(new byte[0], hex("010203")),
            List.of(hex("01"), hex("02"), hex("03")));
    assertEquals(6, tuples.stream().map(t -> TupleHash.hash(Label.DL, t, 32)).distinct().count());
  }

  @Test
  void labelsSeparate() {
    List<byte[]> tuple = List.of(X0);
    assertEquals(
        Label.values().length,
        Arrays.stream(Label.values()).map(l -> TupleHash.hash(l, tuple, 32)).distinct().count());
    assertEquals("spatium/2p/v1/commit/nonce", Label.COMMIT_NONCE.customization());
  }

  /** SP 800-185 §2.3.1: left_encode(0) = 01 00, and the shortest form otherwise. */
  @Test
  void leftEncodeIsTheShortestForm() {
    assertArrayEquals(hex("0100"), TupleEncode.leftEncode(0));
    assertArrayEquals(hex("01ff"), TupleEncode.leftEncode(255));
    assertArrayEquals(hex("020100"), TupleEncode.leftEncode(256));
    assertArrayEquals(hex("03800000"), TupleEncode.leftEncode(0x800000));
    assertArrayEquals(hex("087fffffffffffffff"), TupleEncode.leftEncode(Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> TupleEncode.leftEncode(-1));
  }

  /** SP 800-185 §2.3.2: encode_string("") = 01 00; the lengths are in bits. */
  @Test
  void tupleEncodeIsEncodeStringOfEach() {
    assertArrayEquals(
        hex("0100" + "0118010203" + "01205370616d" + "012000000007"),
        new TupleEncode().add(new byte[0]).add(hex("010203")).add("Spam").add(7).toByteArray());
    byte[] long32 = new byte[32];
    byte[] expected = new byte[35];
    expected[0] = 2;
    expected[1] = 1;
    assertArrayEquals(expected, new TupleEncode().add(long32).toByteArray());
  }

  /**
   * protocol.md §4.4: the bytes around the fragment are those of one TupleEncode with the fragment
   * in its place.
   */
  @Test
  void nonceInputIsOneTuple() {
    byte[] fragment = new byte[32];
    Arrays.fill(fragment, (byte) 0x5a);
    Bytes context = Bytes.ofHex("aabb");
    byte[] whole =
        new TupleEncode()
            .add("spatium/nonce/v1")
            .add("k2")
            .add(fragment)
            .add(context)
            .add(3)
            .toByteArray();
    byte[] prefix = MacInputs.noncePrefix(MacInputs.NoncePurpose.K2);
    byte[] suffix = MacInputs.nonceSuffix(context, 3);
    byte[] joined = Arrays.copyOf(prefix, prefix.length + 32 + suffix.length);
    System.arraycopy(fragment, 0, joined, prefix.length, 32);
    System.arraycopy(suffix, 0, joined, prefix.length + 32, suffix.length);
    assertArrayEquals(whole, joined);
    assertNotEquals(0, prefix.length);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
