/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.proof.IndependentHash;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threats 4, 10, 11: every row of docs/transcript.md hashes each of its elements, once, in an
 * unambiguous way.
 */
final class TranscriptTest {
  /** Every row, found by reflection: a new one is tested without being listed here. */
  static Stream<Class<?>> rows() {
    return Arrays.stream(Transcript.class.getDeclaredClasses()).filter(Class::isRecord);
  }

  private int counter;

  @Test
  void everyLabelHasOneRow() {
    List<Label> labels = new ArrayList<>();
    rows().forEach(row -> labels.add(label(sample(row))));
    assertEquals(Label.values().length, labels.size());
    assertEquals(Set.of(Label.values()), new HashSet<>(labels));
  }

  private static Label label(Record row) {
    if (row instanceof Transcript.Identifier identifier) {
      return identifier.label();
    } else if (row instanceof Transcript.Challenge challenge) {
      return challenge.label();
    }
    assertTrue(row instanceof Transcript.NRoot || row instanceof Transcript.Blum);
    return row instanceof Transcript.NRoot ? Label.NROOT : Label.BLUM;
  }

  private static Bytes hash(Record row) {
    if (row instanceof Transcript.Identifier identifier) {
      return identifier.hash();
    } else if (row instanceof Transcript.Challenge challenge) {
      return challenge.hash();
    }
    return row instanceof Transcript.NRoot nroot ? nroot.y() : ((Transcript.Blum) row).y();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyElementChangesTheHash(Class<?> row) throws ReflectiveOperationException {
    Record sample = sample(row);
    Bytes before = hash(sample);
    Set<Bytes> seen = new HashSet<>(Set.of(before));
    for (Object altered : alterations(sample)) {
      assertTrue(
          seen.add(hash((Record) altered)),
          () -> row.getSimpleName() + " does not cover " + altered);
    }
    assertEquals(before, hash(sample));
  }

  @Test
  void lengthsOfTheOutputs() {
    rows()
        .forEach(
            row -> {
              Record sample = sample(row);
              int length = hash(sample).size();
              if (sample instanceof Transcript.NRoot nroot) {
                assertEquals(nroot.n().size() + 16, length);
              } else if (sample instanceof Transcript.Blum blum) {
                assertEquals(blum.n().size() + 16, length);
              } else {
                assertEquals(sample instanceof Transcript.Challenge ? 16 : 32, length);
              }
            });
  }

  /** The record with one leaf changed, for each leaf; nested records and lists are opened. */
  private List<Object> alterations(Object value) throws ReflectiveOperationException {
    List<Object> altered = new ArrayList<>();
    if (value instanceof Bytes bytes) {
      byte[] flipped = bytes.toByteArray();
      flipped[flipped.length / 2] ^= 1;
      altered.add(Bytes.of(flipped));
      byte[] longer = Arrays.copyOf(bytes.toByteArray(), bytes.size() + 1);
      altered.add(Bytes.of(longer));
    } else if (value instanceof String text) {
      altered.add(text + "x");
    } else if (value instanceof UUID uuid) {
      altered.add(new UUID(uuid.getMostSignificantBits() ^ 1, uuid.getLeastSignificantBits()));
      altered.add(new UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits() ^ 1));
    } else if (value instanceof Integer number) {
      altered.add(number + 1);
    } else if (value instanceof Long number) {
      altered.add(number + 1);
    } else if (value instanceof Enum<?> constant) {
      for (Object other : constant.getDeclaringClass().getEnumConstants()) {
        if (other != constant) {
          altered.add(other);
        }
      }
    } else if (value instanceof Optional<?> optional) {
      altered.add(Optional.empty());
      for (Object content : alterations(optional.get())) {
        altered.add(Optional.of(content));
      }
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        for (Object item : alterations(list.get(i))) {
          List<Object> copy = new ArrayList<>(list);
          copy.set(i, item);
          altered.add(copy);
        }
      }
      List<Object> longer = new ArrayList<>(list);
      longer.add(list.get(0));
      altered.add(longer);
      List<Object> swapped = new ArrayList<>(list);
      java.util.Collections.swap(swapped, 0, 1);
      altered.add(swapped);
    } else if (value instanceof Record record) {
      RecordComponent[] components = record.getClass().getRecordComponents();
      for (int i = 0; i < components.length; i++) {
        for (Object changed : alterations(get(record, components[i]))) {
          try {
            altered.add(with(record, i, changed));
          } catch (java.lang.reflect.InvocationTargetException e) {
            // Ids of another length cannot be built at all.
            assertFalse(e.getCause() instanceof Error);
          }
        }
      }
    } else {
      throw new AssertionError("unknown element " + value.getClass());
    }
    return altered;
  }

  private static Object get(Record record, RecordComponent component)
      throws ReflectiveOperationException {
    component.getAccessor().setAccessible(true);
    return component.getAccessor().invoke(record);
  }

  private static Record with(Record record, int index, Object value)
      throws ReflectiveOperationException {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = i == index ? value : get(record, components[i]);
    }
    return construct(record.getClass(), values);
  }

  private static Record construct(Class<?> type, Object[] values)
      throws ReflectiveOperationException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    Constructor<?> constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return (Record) constructor.newInstance(values);
  }

  private Record sample(Class<?> type) {
    Object[] values =
        Arrays.stream(type.getRecordComponents()).map(c -> value(c.getGenericType())).toArray();
    try {
      return construct(type, values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object value(java.lang.reflect.Type type) {
    counter++;
    if (type instanceof java.lang.reflect.ParameterizedType generic) {
      java.lang.reflect.Type content = generic.getActualTypeArguments()[0];
      return generic.getRawType() == Optional.class
          ? Optional.of(value(content))
          : List.of(value(content), value(content));
    }
    Class<?> raw = (Class<?>) type;
    if (raw == Bytes.class) {
      byte[] bytes = new byte[32];
      Arrays.fill(bytes, (byte) counter);
      return Bytes.of(bytes);
    } else if (raw == String.class) {
      return "secp256k1";
    } else if (raw == int.class) {
      return counter;
    } else if (raw == long.class) {
      return (long) counter;
    } else if (raw == UUID.class) {
      return new UUID(counter, counter);
    } else if (raw.isEnum()) {
      return raw.getEnumConstants()[0];
    }
    return sample(raw);
  }

  // ---- the two forms of §4.5 ----

  private static final DerivationPath PATH = new DerivationPath(60, 3);
  private static final Bytes KEY_HASH = Bytes.of(new byte[32]);

  private static SignMessage.NonceCommitment g1(int n) {
    SignMessage.NonceCommitment sample =
        (SignMessage.NonceCommitment) WireSamples.sample("g1-batch");
    return new SignMessage.NonceCommitment(
        sample.header(),
        sample.pairingId(),
        sample.items().subList(0, n),
        sample.nonce1(),
        sample.com());
  }

  /** docs/transcript.md, "One message or a batch". */
  @Test
  void oneMessageIsNotABatch() {
    SignMessage.NonceCommitment single = g1(1);
    SignMessage.Item item = single.items().get(0);
    Bytes sid1 = Transcript.sid1(SecurityLevel.BITS_112, PATH, KEY_HASH, single);
    Bytes expected =
        new Transcript.Sid1(
                Version.V1,
                Suite.ECDSA_SECP256K1,
                Procedure.SIGN_ECDSA,
                SecurityLevel.BITS_112,
                single.pairingId(),
                WireSamples.SECRET,
                WireSamples.SYNC,
                Optional.of(item.signSessionId()),
                "secp256k1",
                PATH,
                1,
                Optional.of(KEY_HASH),
                item.message(),
                item.authorization(),
                single.nonce1())
            .hash();
    assertEquals(expected, sid1);
    assertEquals(sid1, Transcript.itemSid1(sid1, 1, 0));
    assertEquals(sid1, Transcript.itemSid(sid1, 1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Transcript.Sid1Batch(
                Version.V1,
                Suite.ECDSA_SECP256K1,
                Procedure.SIGN_ECDSA,
                SecurityLevel.BITS_112,
                single.pairingId(),
                WireSamples.SECRET,
                WireSamples.SYNC,
                "secp256k1",
                PATH,
                1,
                KEY_HASH,
                single.items(),
                single.nonce1()));
  }

  @Test
  void itemsOfABatchHaveTheirOwnIdentifiers() {
    Bytes sid = Transcript.sid1(SecurityLevel.BITS_112, PATH, KEY_HASH, g1(2));
    assertNotEquals(sid, Transcript.sid1(SecurityLevel.BITS_112, PATH, KEY_HASH, g1(3)));
    Set<Bytes> ids = new HashSet<>(Set.of(sid));
    for (int j = 0; j < 64; j++) {
      assertTrue(ids.add(Transcript.itemSid1(sid, 64, j)));
      assertTrue(ids.add(Transcript.itemSid(sid, 64, j)));
    }
  }

  /**
   * One row computed by hand: the encodings of docs/transcript.md, not only that something changes.
   */
  @Test
  void encodingsAreThoseOfTheDocument() {
    List<byte[]> elements =
        TranscriptElements.of(
            new Transcript.Sid1(
                Version.V1,
                Suite.EDDSA_ED25519,
                Procedure.SIGN_EDDSA,
                SecurityLevel.BITS_128,
                new PairingId(KEY_HASH),
                SecretId.of("00112233-4455-6677-8899-aabbccddeeff"),
                new SyncSessionId(new UUID(1, 2)),
                Optional.of(new SignSessionId(new UUID(3, 4))),
                "ed25519",
                new DerivationPath(501, 2147483647L),
                1,
                Optional.empty(),
                Bytes.ofHex("c0ffee"),
                Bytes.empty(),
                Bytes.ofHex("01")));
    String[] expected = {
      "00000001",
      "00000002",
      "00000005",
      "00000080",
      "00".repeat(32),
      "00112233445566778899aabbccddeeff",
      "00000000000000010000000000000002",
      "00000000000000030000000000000004",
      HexFormat.of().formatHex("ed25519".getBytes(StandardCharsets.US_ASCII)),
      "000001f5",
      "7fffffff",
      "00000001",
      "",
      "c0ffee",
      "",
      "01"
    };
    assertArrayEquals(expected, elements.stream().map(HexFormat.of()::formatHex).toArray());
  }

  /** The rows of a session, computed a second time by other code, element by element. */
  @Test
  void sessionRowsAreThoseOfTheDocument() {
    Bytes a = Bytes.ofHex("0a".repeat(32));
    Bytes b = Bytes.ofHex("0b".repeat(32));
    Bytes c = Bytes.ofHex("0c".repeat(33));
    ProvenPoint point = new ProvenPoint(c, new DlProof(b, a));
    assertHash(new IndependentHash("sid").bytes(a, b, c), new Transcript.Sid(a, b, c));
    assertEquals(
        Bytes.of(new IndependentHash("item1").bytes(a).number(5).output(32)),
        Transcript.itemSid1(a, 6, 5));
    assertEquals(
        Bytes.of(new IndependentHash("item").bytes(a).number(5).output(32)),
        Transcript.itemSid(a, 6, 5));
    assertHash(
        new IndependentHash("key").bytes(a, b, c, a), new Transcript.Key(a, b, c, Optional.of(a)));
    assertHash(
        new IndependentHash("key").bytes(a, b, c, Bytes.empty()),
        new Transcript.Key(a, b, c, Optional.empty()));
    assertHash(
        new IndependentHash("commit/key").bytes(a).number(1).bytes(c, b, a, b),
        new Transcript.CommitKey(a, Role.INITIATOR, point, b));
    assertHash(
        new IndependentHash("commit/nonce").bytes(a).number(1).number(2).bytes(c, b, a, c, b, a, b),
        new Transcript.CommitNonce(a, Role.INITIATOR, List.of(point, point), b));
    assertHash(
        new IndependentHash("pair").number(1).number(128).bytes(WireSamples.SECRET.bytes()),
        new Transcript.PairContext(Version.V1, SecurityLevel.BITS_128, WireSamples.SECRET));
    SignMessage.NonceCommitment g1 = g1(2);
    SignMessage.Item first = g1.items().get(0);
    SignMessage.Item second = g1.items().get(1);
    assertEquals(
        Bytes.of(
            new IndependentHash("sid1/batch")
                .number(1)
                .number(1)
                .number(4)
                .number(112)
                .bytes(g1.pairingId().value(), WireSamples.SECRET.bytes(), WireSamples.SYNC.bytes())
                .text("secp256k1")
                .number(60)
                .number(3)
                .number(1)
                .bytes(KEY_HASH)
                .number(2)
                .bytes(first.signSessionId().bytes(), first.message(), first.authorization())
                .bytes(second.signSessionId().bytes(), second.message(), second.authorization())
                .bytes(g1.nonce1())
                .output(32)),
        Transcript.sid1(SecurityLevel.BITS_112, PATH, KEY_HASH, g1));
  }

  @Test
  void pairingIdIsThatOfTheDocument() {
    var e1 = (PairingMessage.InitiatorParameters) WireSamples.sample("e1");
    var e2 = (PairingMessage.ResponderParameters) WireSamples.sample("e2");
    IndependentHash hash =
        new IndependentHash("pairing")
            .number(1)
            .number(112)
            .bytes(WireSamples.SECRET.bytes(), e1.n(), e1.nroot().sigma())
            .bytes(e1.blum().sigma());
    hash.bytes(e1.pedersen().n(), e1.pedersen().s1(), e1.pedersen().s2(), e1.pedersen().t());
    hash.bytes(e1.prm().a(), e1.prm().z(), e1.i1(), e1.dl().a(), e1.dl().z());
    hash.bytes(e2.pedersen().n(), e2.pedersen().s1(), e2.pedersen().s2(), e2.pedersen().t());
    hash.bytes(e2.prm().a(), e2.prm().z(), e2.i2(), e2.dl().a(), e2.dl().z());
    assertEquals(Bytes.of(hash.output(32)), Transcript.Pairing.id(e1, e2).value());
  }

  /** S1's: what does not apply is empty, and generation is 1. */
  @Test
  void synchronisationsSid1IsThatOfTheDocument() {
    var s1 = (SyncMessage.KeyCommitment) WireSamples.sample("s1-eddsa");
    byte[] expected =
        new IndependentHash("sid1")
            .number(1)
            .number(2)
            .number(3)
            .number(112)
            .bytes(s1.pairingId().value(), WireSamples.SECRET.bytes(), WireSamples.SYNC.bytes())
            .bytes(Bytes.empty())
            .text("ed25519")
            .number(60)
            .number(Integer.MAX_VALUE)
            .number(1)
            .bytes(Bytes.empty(), Bytes.empty(), Bytes.empty(), s1.nonce1())
            .output(32);
    assertEquals(Bytes.of(expected), Transcript.sid1(SecurityLevel.BITS_112, s1));
  }

  private static void assertHash(IndependentHash expected, Transcript.Identifier row) {
    assertEquals(Bytes.of(expected.output(32)), row.hash());
  }

  /**
   * Roles are in every commitment and every session proof: nothing can be reflected (threats 11,
   * 12).
   */
  @Test
  void commitmentsAndProofsNameTheirMaker() {
    for (Class<?> row :
        List.of(
            Transcript.CommitKey.class,
            Transcript.CommitNonce.class,
            Transcript.Dl.class,
            Transcript.Fac.class,
            Transcript.EncDl.class,
            Transcript.Aff.class)) {
      assertEquals(Role.class, row.getRecordComponents()[1].getType(), row.getSimpleName());
    }
  }

  /** Each label is in the document's tables. */
  @Test
  void documentNamesEachLabel() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "transcript.md"));
    for (Label label : Label.values()) {
      String text = label.customization().substring("spatium/2p/v1/".length());
      assertTrue(document.contains("| `" + text + "` |"), text);
    }
  }
}
