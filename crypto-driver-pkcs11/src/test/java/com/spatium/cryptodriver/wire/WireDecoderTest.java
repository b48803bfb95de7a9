/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.UsageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * protocol.md §8 and §2.1, threat 24: what the decoder refuses, one spelling at a time. The victim
 * is S4 where any message will do.
 */
final class WireDecoderTest {
  private static final WireMessage S4 = WireSamples.sample("s4-ecdsa");
  private static final String HEX = WireCodec.encode(S4).toHex();
  private static final Expected EXPECTED = WireSamples.expected(S4);

  /** A7 01 01 02 02 03 04 04 02 05 50 … 06 50 … 0A 58 40 … */
  private static final String HEAD =
      "a701010202030404020550"
          + "11111111222243338444555555555555"
          + "0650"
          + "66666666777748889999aaaaaaaaaaaa";

  private static final String MAC = HEX.substring(HEX.length() - 128);

  private static void refused(String check, String step, Executable decoding) {
    PeerFaultException fault = assertThrows(PeerFaultException.class, decoding);
    assertTrue(
        fault.check().contains(check),
        () -> "expected \"" + check + "\" but was \"" + fault.check() + "\"");
    assertEquals(step, fault.round());
    assertTrue(fault.sessionAlive());
  }

  private static void refused(String check, String hex) {
    refused(check, "S4", () -> WireCodec.decode(Bytes.ofHex(hex), EXPECTED));
  }

  @Test
  void theVictimIsWhatItSeems() {
    assertEquals(HEAD + "0a5840" + MAC, HEX);
    assertEquals(S4, WireCodec.decode(Bytes.ofHex(HEX), EXPECTED));
  }

  @Test
  void nonShortestHeadsAreRefused() {
    refused("canonical", HEAD.replaceFirst("a7", "b807") + "0a5840" + MAC); // map of 7 in two bytes
    refused(
        "canonical",
        HEAD.replaceFirst("a70101", "a7011801") + "0a5840" + MAC); // version 1 in two bytes
    refused(
        "canonical",
        HEAD.replaceFirst("a70101", "a7180101") + "0a5840" + MAC); // key 1 in two bytes
    refused("canonical", HEAD.replaceFirst("a70101", "a7011b0000000000000001") + "0a5840" + MAC);
    refused("canonical", HEAD + "0a590040" + MAC); // 64 bytes with a length of two bytes
    refused("canonical", HEAD + "0a5b0000000000000040" + MAC);
  }

  @Test
  void indefiniteLengthsAreRefused() {
    refused("canonical", HEAD.replaceFirst("a7", "bf") + "0a5840" + MAC + "ff");
    refused("canonical", HEAD + "0a5f" + "5840" + MAC + "ff");
    refused(
        "canonical",
        HEAD + "0a5f" + "5820" + MAC.substring(0, 64) + "5820" + MAC.substring(64) + "ff");
  }

  @Test
  void unsortedKeysAreRefused() {
    refused("field", HEAD.replaceFirst("01010202", "02020101") + "0a5840" + MAC);
    refused("field", "a7" + "0a5840" + MAC + HEAD.substring(2));
  }

  @Test
  void duplicateKeysAreRefused() {
    refused("unknown field", HEAD.replaceFirst("a7", "a8") + "0a5840" + MAC + "0a5840" + MAC);
    refused("field", HEAD.replaceFirst("a70101", "a801010101") + "0a5840" + MAC);
  }

  @Test
  void unknownAndMissingKeysAreRefused() {
    refused("unknown field", HEAD.replaceFirst("a7", "a8") + "0a5840" + MAC + "0b00");
    refused("a field is missing", HEAD.replaceFirst("a7", "a6"));
    refused("field 10 is missing", HEAD + "0b5840" + MAC);
    refused("field 10 is missing", HEAD + "295840" + MAC); // key −10
    refused("canonical", HEAD + "623130" + "5840" + MAC); // key "10", a text
    refused("field 10 is missing", HEAD + "1b000000010000000a" + "5840" + MAC); // key 2^32 + 10
  }

  @Test
  void otherTypesAreRefused() {
    for (String value :
        List.of(
            "f6",
            "f7",
            "f5",
            "00",
            "20",
            "f90000",
            "fb0000000000000000",
            "80",
            "a0",
            "7840" + MAC,
            "c0" + "5840" + MAC.substring(2))) {
      assertThrows(
          PeerFaultException.class,
          () -> WireCodec.decode(Bytes.ofHex(HEAD + "0a" + value), EXPECTED),
          value);
    }
    refused("not a byte string", HEAD + "0a" + "c2" + "5840" + MAC); // the tag of a bignum
    refused("canonical", HEAD + "0a" + "d818" + "5840" + MAC); // a tag that a lenient reader skips
    refused("canonical", "d9d9f7" + HEX); // the tag "self-described CBOR"
    refused("number", HEAD.replaceFirst("0202", "02f5") + "0a5840" + MAC);
    refused("number", HEAD.replaceFirst("0202", "02f94000") + "0a5840" + MAC); // 2.0
    refused("unknown procedure", HEAD.replaceFirst("0202", "0220") + "0a5840" + MAC); // −1
    refused("unknown procedure", HEAD.replaceFirst("0202", "021a7fffffff") + "0a5840" + MAC);
    refused("64 bits", HEAD.replaceFirst("0202", "021bffffffffffffffff") + "0a5840" + MAC);
    refused("64 bits", HEAD.replaceFirst("0202", "02c249010000000000000000") + "0a5840" + MAC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "f6",
        "80",
        "a0",
        "ff",
        "81",
        "a1",
        "5b7fffffffffffffff",
        "9b7fffffffffffffff",
        "bb7fffffffffffffff",
        "1c",
        "fc"
      })
  void whatIsNoMessageIsRefused(String hex) {
    assertThrows(PeerFaultException.class, () -> WireCodec.decode(Bytes.ofHex(hex), EXPECTED));
    assertThrows(PeerFaultException.class, () -> WireCodec.decodeFirst(Bytes.ofHex(hex)));
    assertThrows(PeerFaultException.class, () -> MessageHeader.peek(Bytes.ofHex(hex)));
  }

  @Test
  void trailingBytesAreRefused() {
    refused("bytes after the message", HEX + "00");
    refused("bytes after the message", HEX + HEX);
    refused("", HEX + "ff");
  }

  @Test
  void truncationAnywhereIsRefused() {
    for (int length = 0; length < HEX.length(); length += 2) {
      String cut = HEX.substring(0, length);
      assertThrows(PeerFaultException.class, () -> WireCodec.decode(Bytes.ofHex(cut), EXPECTED));
    }
  }

  @Test
  void lengthsOffByOneAreRefused() {
    refused("wrong length", HEAD + "0a583f" + MAC.substring(2));
    refused("wrong length", HEAD + "0a5841" + MAC + "00");
    refused("wrong length", HEAD + "0a40");
  }

  /** Depth 5, and depth a million. */
  @Test
  void deepNestingIsRefused() {
    refused("", HEAD + "0a" + "81818181" + "00");
    refused("", HEAD + "0a" + "81".repeat(1_000_000 / 2));
    refused("", HEAD + "0a" + "a100".repeat(200_000));
    refused("not a map", "81".repeat(1_000_000 / 2));
  }

  /** A length that is claimed costs nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "5a40000000",
        "5a7fffffff",
        "5affffffff",
        "5b0000000100000000",
        "5b7fffffffffffffff",
        "5bffffffffffffffff",
        "7a7fffffff",
        "9a7fffffff",
        "ba7fffffff",
        "5f5a7fffffff"
      })
  void giantLengthPrefixCostsNoMemory(String head) {
    Bytes message = Bytes.ofHex(HEAD + "0a" + head + MAC);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThrows(PeerFaultException.class, () -> WireCodec.decode(message, EXPECTED));
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 4 << 20, "more than 4 MiB");
  }

  @Test
  void moreThanOneMebibyteIsRefusedUnread() {
    byte[] large = new byte[WireCodec.MAX_MESSAGE + 1];
    refused("longer than 1 MiB", "S4", () -> WireCodec.decode(Bytes.of(large), EXPECTED));
    refused("longer than 1 MiB", "message", () -> WireCodec.decodeFirst(Bytes.of(large)));
    refused("longer than 1 MiB", "message", () -> MessageHeader.peek(Bytes.of(large)));
  }

  // ---- addresses: threat 11 ----

  @Test
  void otherVersionIsRefused() {
    refused("unknown version", HEX.replaceFirst("a70101", "a70102"));
    refused("unknown version", HEX.replaceFirst("a70101", "a70100"));
  }

  @Test
  void otherRoundIsRefused() {
    for (WireMessage other : WireSamples.all().values()) {
      if (other.header().procedure() == Procedure.SYNC_ECDSA && other.header().round() != 4) {
        refused(
            "the message is of step S" + other.header().round(),
            "S4",
            () -> WireCodec.decode(WireCodec.encode(other), EXPECTED));
      }
    }
    refused("unknown round", HEX.replaceFirst("0304", "0306"));
    refused("unknown round", HEX.replaceFirst("0304", "0300"));
  }

  @Test
  void otherSenderIsRefused() {
    refused("not the sender's", HEX.replaceFirst("03040402", "03040401"));
    refused("not the sender's", HEX.replaceFirst("03040402", "03040403"));
  }

  @Test
  void otherSessionIsRefused() {
    SessionIds mine = S4.header().session();
    for (SessionIds other :
        List.of(
            SessionIds.sync(SecretId.random(), mine.syncSessionId().orElseThrow()),
            SessionIds.sync(mine.secretId(), SyncSessionId.random()))) {
      Expected expected =
          new Expected(new MessageHeader(Procedure.SYNC_ECDSA, 4, other), WireSamples.LEVEL, 1);
      refused("another session", "S4", () -> WireCodec.decode(Bytes.ofHex(HEX), expected));
    }
    Expected otherSuite =
        new Expected(new MessageHeader(Procedure.SYNC_EDDSA, 4, mine), WireSamples.LEVEL, 1);
    refused("another session", "S4", () -> WireCodec.decode(Bytes.ofHex(HEX), otherSuite));
  }

  static Stream<String> laterMessages() {
    return WireSamples.all().entrySet().stream()
        .filter(e -> e.getValue().header().round() > 1)
        .map(java.util.Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("laterMessages")
  void laterMessageStartsNoSession(String name) {
    WireMessage message = WireSamples.sample(name);
    refused(
        "no session waits",
        message.header().step(),
        () -> WireCodec.decodeFirst(WireCodec.encode(message)));
  }

  /** A session at the one level takes no lengths of the other. */
  @ParameterizedTest
  @ValueSource(strings = {"e2", "e3", "s3-ecdsa", "g4", "g4-batch"})
  void lengthsOfTheOtherLevelAreRefused(String name) {
    WireMessage small = WireSamples.sample(name);
    Expected at112 = WireSamples.expected(small);
    Expected at128 = new Expected(at112.header(), SecurityLevel.BITS_128, at112.items());
    refused(
        "wrong length",
        small.header().step(),
        () -> WireCodec.decode(WireCodec.encode(small), at128));
    WireMessage large = WireSamples.all(SecurityLevel.BITS_128).get(name);
    refused(
        "wrong length",
        small.header().step(),
        () -> WireCodec.decode(WireCodec.encode(large), at112));
  }

  /** E1 names its level; its lengths are that level's. */
  @Test
  void levelOfTheFirstMessageFixesItsLengths() {
    String e1 = WireCodec.encode(WireSamples.sample("e1")).toHex();
    String other = e1.replaceFirst("0a1870", "0a1880");
    refused("wrong length", "E1", () -> WireCodec.decodeFirst(Bytes.ofHex(other)));
    String unknown = e1.replaceFirst("0a1870", "0a1850");
    refused("unknown security level", "E1", () -> WireCodec.decodeFirst(Bytes.ofHex(unknown)));
  }

  // ---- batches ----

  /** Threat 6 and §4.5: as many as were announced, in every round. */
  @ParameterizedTest
  @ValueSource(strings = {"g2", "g3", "g4", "g5", "t2", "t3", "t4", "t5"})
  void otherNumberOfItemsIsRefused(String name) {
    WireMessage batch = WireSamples.sample(name + "-batch");
    for (int items : new int[] {1, 2, 4, 64}) {
      Expected expected = new Expected(batch.header(), WireSamples.LEVEL, items);
      refused("", batch.header().step(), () -> WireCodec.decode(WireCodec.encode(batch), expected));
    }
    assertDoesNotThrow(
        () ->
            WireCodec.decode(
                WireCodec.encode(batch), new Expected(batch.header(), WireSamples.LEVEL, 3)));
  }

  private static SignMessage.NonceCommitment firstWith(List<SignMessage.Item> items) {
    SignMessage.NonceCommitment g1 = (SignMessage.NonceCommitment) WireSamples.sample("g1");
    return new SignMessage.NonceCommitment(
        g1.header(), g1.pairingId(), items, g1.nonce1(), g1.com());
  }

  private static List<SignMessage.Item> items(int n) {
    List<SignMessage.Item> items = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      items.add(new SignMessage.Item(WireSamples.signId(i), Bytes.of(new byte[32]), Bytes.empty()));
    }
    return items;
  }

  @Test
  void batchesHoldOneToSixtyFour() {
    SignMessage.NonceCommitment full = firstWith(items(64));
    assertEquals(full, WireCodec.decodeFirst(WireCodec.encode(full)));
    assertThrows(IllegalArgumentException.class, () -> firstWith(items(65)));
    assertThrows(IllegalArgumentException.class, () -> firstWith(List.of()));
    // The peer's encoder has no such scruples: the array's head is 98 40, after 0b.
    String hex = WireCodec.encode(full).toHex();
    String item =
        hex.substring(hex.indexOf("0b9840") + 6, hex.indexOf("0b9840") + 6 + 2 * (1 + 17 + 34 + 1));
    String other = item.replaceFirst("000000000000", "000000009999");
    refused(
        "at most 64",
        "G1",
        () -> WireCodec.decodeFirst(Bytes.ofHex(hex.replaceFirst("0b9840", "0b9841" + other))));
    String one = WireCodec.encode(firstWith(items(1))).toHex();
    String none = one.replaceFirst("0b81" + item, "0b80");
    refused("1 to 64", "G1", () -> WireCodec.decodeFirst(Bytes.ofHex(none)));
  }

  @Test
  void signatureNamedTwiceIsRefused() {
    String hex = WireCodec.encode(firstWith(items(2))).toHex();
    String twice =
        hex.replace("bbbbbbbbcccc4ddd8eee000000000001", "bbbbbbbbcccc4ddd8eee000000000000");
    refused("twice", "G1", () -> WireCodec.decodeFirst(Bytes.ofHex(twice)));
  }

  @Test
  void headerNamesTheFirstSignature() {
    String hex = WireCodec.encode(firstWith(items(1))).toHex();
    String other =
        hex.replaceFirst(
            "0750bbbbbbbbcccc4ddd8eee000000000000", "0750bbbbbbbbcccc4ddd8eee000000000009");
    refused("does not name the first", "G1", () -> WireCodec.decodeFirst(Bytes.ofHex(other)));
  }

  @Test
  void longestMessagesFitAndLongerOnesDoNot() {
    SignMessage.NonceCommitment t1 = (SignMessage.NonceCommitment) WireSamples.sample("t1");
    Bytes longest = Bytes.of(new byte[SignRequest.MAX_MESSAGE]);
    SignMessage.NonceCommitment fits =
        new SignMessage.NonceCommitment(
            t1.header(),
            t1.pairingId(),
            List.of(new SignMessage.Item(WireSamples.signId(0), longest, Bytes.of(new byte[3000]))),
            t1.nonce1(),
            t1.com());
    assertEquals(fits, WireCodec.decodeFirst(WireCodec.encode(fits)));
    SignMessage.NonceCommitment tooLong =
        new SignMessage.NonceCommitment(
            t1.header(),
            t1.pairingId(),
            List.of(new SignMessage.Item(WireSamples.signId(0), longest, Bytes.of(new byte[4096]))),
            t1.nonce1(),
            t1.com());
    assertThrows(UsageException.class, () -> WireCodec.encode(tooLong));
  }

  // ---- refusals ----

  @Test
  void reasonIsShortAndPrintable() {
    MessageHeader header = WireSamples.sample("g2").header();
    assertThrows(
        IllegalArgumentException.class, () -> new SignMessage.Refusal(header, "x".repeat(201)));
    assertThrows(
        IllegalArgumentException.class, () -> new SignMessage.Refusal(header, "forged\nlog line"));
    assertEquals(
        "a b" + "x".repeat(197),
        SignMessage.Refusal.of(header, "a\u0000b" + "x".repeat(500)).reason());
    // 200 characters beyond the basic plane, and half of one.
    SignMessage.Refusal wide = SignMessage.Refusal.of(header, "\ud83d\ude00".repeat(300));
    Expected expected = new Expected(header, WireSamples.LEVEL, 1);
    assertEquals(wide, WireCodec.decode(WireCodec.encode(wide), expected));
    assertEquals(" ", SignMessage.Refusal.of(header, "\ud83d").reason());
    // Neither a line of its own nor another direction of writing in somebody's log.
    assertEquals("a b c d", SignMessage.Refusal.of(header, "a\u2028b\u202ec\u200bd").reason());
    String hex = WireCodec.encode(new SignMessage.Refusal(header, "abc")).toHex();
    refused(
        "printable",
        "G2",
        () -> WireCodec.decode(Bytes.ofHex(hex.replace("63616263", "63610a63")), expected));
    refused(
        "",
        "G2",
        () ->
            WireCodec.decode(
                Bytes.ofHex(hex.replace("63616263", "63ff6263")), expected)); // not UTF-8
    refused(
        "",
        "G2",
        () ->
            WireCodec.decode(
                Bytes.ofHex(hex.replace("63616263", "63c08063")), expected)); // overlong NUL
    String long201 =
        "78c9" + HexFormat.of().formatHex("x".repeat(201).getBytes(StandardCharsets.US_ASCII));
    refused(
        "printable",
        "G2",
        () -> WireCodec.decode(Bytes.ofHex(hex.replace("63616263", long201)), expected));
  }

  /** A refusal is no answer to anything else, and carries nothing else. */
  @Test
  void refusalStandsAlone() {
    SignMessage.Refusal refusal = (SignMessage.Refusal) WireSamples.sample("g2-refusal");
    String hex = WireCodec.encode(refusal).toHex();
    Expected expected = new Expected(refusal.header(), WireSamples.LEVEL, 1);
    refused(
        "unknown field",
        "G2",
        () -> WireCodec.decode(Bytes.ofHex(hex.replaceFirst("a8", "a9") + "181500"), expected));
    String g3 = hex.replaceFirst("03020402", "03030401");
    MessageHeader third = new MessageHeader(Procedure.SIGN_ECDSA, 3, refusal.header().session());
    refused(
        "field 10",
        "G3",
        () -> WireCodec.decode(Bytes.ofHex(g3), new Expected(third, WireSamples.LEVEL, 1)));
  }

  @Test
  void pathOutOfRangeIsRefused() {
    SyncMessage.KeyCommitment s1 = (SyncMessage.KeyCommitment) WireSamples.sample("s1-ecdsa");
    assertEquals(new DerivationPath(60, Integer.MAX_VALUE), s1.path());
    String hex = WireCodec.encode(s1).toHex();
    refused(
        "out of range",
        "S1",
        () -> WireCodec.decodeFirst(Bytes.ofHex(hex.replace("0c1a7fffffff", "0c1a80000000"))));
    refused(
        "out of range",
        "S1",
        () -> WireCodec.decodeFirst(Bytes.ofHex(hex.replace("0b183c", "0b383c"))));
  }

  /** What is not CBOR at all. */
  @Test
  void jsonIsRefused() {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.writeBytes("{\"1\":1,\"2\":2}".getBytes(StandardCharsets.US_ASCII));
    assertThrows(
        PeerFaultException.class, () -> WireCodec.decodeFirst(Bytes.of(json.toByteArray())));
  }
}
