/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Threat 24: whatever arrives, the decoder refuses it or it is the canonical form of what it
 * returns; and it allocates no more than a small multiple of the input.
 */
final class WireDecoderFuzzTest {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Seed(String name, byte[] bytes, Expected expected) {}

  private static final List<Seed> SEEDS = new ArrayList<>();

  static {
    for (Map.Entry<String, WireMessage> sample : WireSamples.all().entrySet()) {
      WireMessage message = sample.getValue();
      SEEDS.add(
          new Seed(
              sample.getKey(),
              WireCodec.encode(message).toByteArray(),
              WireSamples.expected(message)));
    }
  }

  private static final byte[][] NASTY = {
    {(byte) 0x5f},
    {(byte) 0x9f},
    {(byte) 0xbf},
    {(byte) 0xff},
    {(byte) 0x5b, 0x7f, -1, -1, -1, -1, -1, -1, -1},
    {(byte) 0x9a, 0x7f, -1, -1, -1},
    {(byte) 0xba, 0x7f, -1, -1, -1},
    {(byte) 0x7a, 0x7f, -1, -1, -1},
    {(byte) 0xc2},
    {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7},
    {(byte) 0xd8, 0x19},
    {(byte) 0xf6},
    {(byte) 0xfb, 0, 0, 0, 0, 0, 0, 0, 0},
    {(byte) 0x81, (byte) 0x81, (byte) 0x81, (byte) 0x81, (byte) 0x81},
    {(byte) 0x18, 0x01},
    {(byte) 0x1b, -1, -1, -1, -1, -1, -1, -1, -1},
    {0x3b, -1, -1, -1, -1, -1, -1, -1, -1}
  };

  @Provide
  Arbitrary<Long> randomness() {
    return Arbitraries.longs();
  }

  @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
  void mutatedMessageIsRefusedOrCanonical(@ForAll("randomness") long seed) {
    Random random = new Random(seed);
    Seed victim = SEEDS.get(random.nextInt(SEEDS.size()));
    if (victim.bytes.length > 10_000 && random.nextInt(20) != 0) {
      return; // the two large ones seldom
    }
    byte[] mutated = victim.bytes;
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      mutated = mutate(mutated, random);
    }
    check(victim, mutated);
  }

  @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
  void randomBytesAreRefused(@ForAll("randomness") long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(200)];
    random.nextBytes(bytes);
    if (bytes.length > 0 && random.nextBoolean()) {
      bytes[0] = (byte) (0xa0 | random.nextInt(12));
    }
    check(SEEDS.get(random.nextInt(SEEDS.size())), bytes);
  }

  /** The head of each message is short: every bit of its first 100 bytes, and of the last. */
  @Property(tries = 1)
  void everyFlippedBitOfTheHeadIsRefusedOrCanonical() {
    for (Seed victim : SEEDS) {
      for (int at = 0; at < victim.bytes.length; at++) {
        if (at >= 100 && at < victim.bytes.length - 8) {
          continue;
        }
        for (int bit = 0; bit < 8; bit++) {
          byte[] flipped = victim.bytes.clone();
          flipped[at] ^= (byte) (1 << bit);
          check(victim, flipped);
        }
      }
    }
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    // Structure is at the front: half of the changes go there.
    if (random.nextBoolean()) {
      at = Math.min(at, random.nextInt(64));
    }
    switch (random.nextInt(7)) {
      case 0 -> {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
          flipped[Math.min(at, flipped.length - 1)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
      }
      case 1 -> {
        return splice(bytes, at, at, new byte[0], bytes.length); // cut off
      }
      case 2 -> {
        byte[] more = new byte[1 + random.nextInt(20)];
        random.nextBytes(more);
        return splice(bytes, bytes.length, 0, more, 0);
      }
      case 3 -> {
        return splice(bytes, at, 0, NASTY[random.nextInt(NASTY.length)], 0);
      }
      case 4 -> {
        byte[] nasty = NASTY[random.nextInt(NASTY.length)];
        return splice(bytes, at, nasty.length, nasty, 0);
      }
      case 5 -> {
        // A piece of the message once more: duplicated keys and items.
        int length = Math.min(bytes.length - at, 1 + random.nextInt(80));
        byte[] piece = java.util.Arrays.copyOfRange(bytes, at, at + length);
        return splice(bytes, at, 0, piece, 0);
      }
      default -> {
        // A piece less, and the map's count adjusted now and then.
        byte[] shorter = splice(bytes, at, 1 + random.nextInt(40), new byte[0], 0);
        if (shorter.length > 0 && random.nextBoolean()) {
          shorter[0] += (byte) (random.nextInt(3) - 1);
        }
        return shorter;
      }
    }
  }

  /**
   * bytes[0, at) ‖ insert ‖ bytes[at + drop, …); everything from {@code at} on is dropped if cut is
   * not 0.
   */
  private static byte[] splice(byte[] bytes, int at, int drop, byte[] insert, int cut) {
    int from = cut != 0 ? bytes.length : Math.min(bytes.length, at + drop);
    byte[] out = new byte[at + insert.length + bytes.length - from];
    System.arraycopy(bytes, 0, out, 0, at);
    System.arraycopy(insert, 0, out, at, insert.length);
    System.arraycopy(bytes, from, out, at + insert.length, bytes.length - from);
    return out;
  }

  private static void check(Seed victim, byte[] input) {
    Bytes message = Bytes.of(input);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      WireMessage decoded = WireCodec.decode(message, victim.expected);
      assertEquals(message, WireCodec.encode(decoded));
    } catch (PeerFaultException e) {
      assertTrue(e.sessionAlive());
      assertEquals(victim.expected.header().step(), e.round());
    }
    try {
      WireMessage decoded = WireCodec.decodeFirst(message);
      assertEquals(message, WireCodec.encode(decoded));
    } catch (PeerFaultException e) {
      assertTrue(e.sessionAlive());
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated < (4 << 20) + 40L * input.length,
        () -> victim.name + ": " + allocated + " bytes");
  }
}
