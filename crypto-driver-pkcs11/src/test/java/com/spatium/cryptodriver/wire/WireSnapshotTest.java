/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SecurityLevel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of each message are fixed: a change is a new version of the protocol. */
final class WireSnapshotTest {
  static Stream<String> names() {
    return WireSamples.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void bytesAreThoseOnRecord(String name) throws IOException {
    Bytes encoded = WireCodec.encode(WireSamples.sample(name));
    try (InputStream in = getClass().getResourceAsStream("/snapshots/" + name + ".cbor")) {
      assertNotNull(in, "no snapshot; main of this class writes them");
      assertArrayEquals(in.readAllBytes(), encoded.toByteArray());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void messageComesBack(String name) {
    WireMessage message = WireSamples.sample(name);
    Bytes encoded = WireCodec.encode(message);
    assertEquals(message, WireCodec.decode(encoded, WireSamples.expected(message)));
    assertEquals(message.header(), MessageHeader.peek(encoded));
    if (message.header().round() == 1) {
      assertEquals(message, WireCodec.decodeFirst(encoded));
    }
  }

  /** RFC 8949 §4.2.1, checked by a reader that shares nothing with Jackson. */
  @ParameterizedTest
  @MethodSource("names")
  void bytesAreCoreDeterministic(String name) {
    StrictCbor reader = new StrictCbor(WireCodec.encode(WireSamples.sample(name)).toByteArray());
    reader.item(1);
    assertTrue(reader.atEnd());
    assertTrue(reader.deepest() <= 4);
  }

  @Test
  void messagesOfTheLargerLevelComeBackToo() {
    for (Map.Entry<String, WireMessage> sample :
        WireSamples.all(SecurityLevel.BITS_128).entrySet()) {
      WireMessage message = sample.getValue();
      Expected at112 = WireSamples.expected(message);
      Expected expected = new Expected(at112.header(), SecurityLevel.BITS_128, at112.items());
      assertEquals(message, WireCodec.decode(WireCodec.encode(message), expected), sample.getKey());
    }
  }

  /** The largest messages fit: a batch of 64 at the larger level. */
  @Test
  void largestBatchFits() {
    SignMessage.EncryptedPartialSignature one =
        (SignMessage.EncryptedPartialSignature) WireSamples.all(SecurityLevel.BITS_128).get("g4");
    SignMessage.EncryptedPartialSignature full =
        new SignMessage.EncryptedPartialSignature(
            one.header(), java.util.Collections.nCopies(64, one.items().get(0)));
    assertTrue(WireCodec.encode(full).size() < WireCodec.MAX_MESSAGE);
    assertTrue(
        WireCodec.encode(WireSamples.all(SecurityLevel.BITS_128).get("e1")).size()
            < WireCodec.MAX_MESSAGE);
  }

  /** The CDDL's lengths are those of the code. */
  @Test
  void cddlNamesTheSameLengths() throws IOException {
    String cddl;
    try (InputStream in = WireCodec.class.getResourceAsStream("spatium-2p-v1.cddl")) {
      cddl = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Widths small = new Widths(SecurityLevel.BITS_112.modulusBytes());
    Widths large = new Widths(SecurityLevel.BITS_128.modulusBytes());
    assertLengths(cddl, "mod-n", small.n(), large.n());
    assertLengths(cddl, "mod-n2", small.n2(), large.n2());
    assertLengths(cddl, "roots", small.nrootSigma(), large.nrootSigma());
    assertLengths(cddl, "square-roots", small.blumSigma(), large.blumSigma());
    assertLengths(cddl, "repetitions", small.prmVector(), large.prmVector());
    assertLengths(cddl, "masked", small.masked(), large.masked());
    assertLengths(cddl, "fac-sigma", small.facSigma(), large.facSigma());
    assertLengths(cddl, "fac-v", small.facV(), large.facV());
    assertLengths(cddl, "fac-z", small.facZ(), large.facZ());
    assertTrue(cddl.contains("\nz1 = bstr .size " + Widths.Z1 + " "));
    assertTrue(cddl.contains("\naff-z2 = bstr .size " + Widths.AFF_Z2 + " "));
    assertTrue(
        cddl.contains("bstr .size (0.." + com.spatium.cryptodriver.SignRequest.MAX_MESSAGE + ")"));
  }

  private static void assertLengths(String cddl, String name, int small, int large) {
    Matcher rule =
        Pattern.compile("(?m)^" + name + " = bstr .size (\\d+) / bstr .size (\\d+)").matcher(cddl);
    assertTrue(rule.find(), name);
    assertEquals(small, Integer.parseInt(rule.group(1)), name);
    assertEquals(large, Integer.parseInt(rule.group(2)), name);
  }

  /**
   * Writes the snapshots into the directory {@code args[0]}. Only together with a new version of
   * the protocol.
   */
  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, WireMessage> sample : WireSamples.all().entrySet()) {
      Files.write(
          Path.of(args[0], sample.getKey() + ".cbor"),
          WireCodec.encode(sample.getValue()).toByteArray());
    }
  }
}
