/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static com.spatium.cryptodriver.proof.ProofFixture.assertBlamed;
import static com.spatium.cryptodriver.proof.ProofFixture.flipped;
import static com.spatium.cryptodriver.proof.ProofFixture.get;
import static com.spatium.cryptodriver.proof.ProofFixture.lengthened;
import static com.spatium.cryptodriver.proof.ProofFixture.shortened;
import static com.spatium.cryptodriver.proof.ProofFixture.with;
import static com.spatium.cryptodriver.proof.ProofFixture.zeros;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import java.lang.reflect.RecordComponent;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Every way to spoil one component of a public record. */
final class Alterations {
  private Alterations() {}

  /** Flipped bits, zero, all ones. */
  static <R extends Record> void eachComponentMatters(R record, Consumer<R> verify) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.getType() != Bytes.class) {
        continue;
      }
      String name = component.getName();
      Bytes value = get(record, name);
      int bits = 8 * value.size();
      for (int bit : new int[] {0, bits - 1, ThreadLocalRandom.current().nextInt(bits)}) {
        assertBlamed(() -> verify.accept(with(record, name, flipped(value, bit))));
      }
      assertBlamed(() -> verify.accept(with(record, name, zeros(value.size()))));
      byte[] ones = new byte[value.size()];
      java.util.Arrays.fill(ones, (byte) 0xff);
      assertBlamed(() -> verify.accept(with(record, name, Bytes.of(ones))));
    }
  }

  /**
   * Threat 6, and one encoding for one number: nothing but the exact length, not even with leading
   * zeros.
   */
  static <R extends Record> void eachLengthIsExact(R record, Consumer<R> verify) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String name = component.getName();
      Bytes value = get(record, name);
      assertBlamed(() -> verify.accept(with(record, name, Bytes.empty())));
      assertBlamed(() -> verify.accept(with(record, name, shortened(value, 1))));
      assertBlamed(() -> verify.accept(with(record, name, lengthened(value))));
      byte[] padded = new byte[value.size() + 1];
      System.arraycopy(value.toByteArray(), 0, padded, 1, value.size());
      assertBlamed(() -> verify.accept(with(record, name, Bytes.of(padded))));
    }
  }

  /** Threat 11: another session, and the other side's role. */
  static void boundToItsContext(ProofContext context, Consumer<ProofContext> verify) {
    for (int bit = 0; bit < 256; bit += 85) {
      ProofContext altered = new ProofContext(flipped(context.id(), bit), context.maker());
      assertBlamed("≠", () -> verify.accept(altered));
    }
    ProofContext reflected =
        new ProofContext(
            context.id(), context.maker() == Role.INITIATOR ? Role.RESPONDER : Role.INITIATOR);
    assertBlamed("≠", () -> verify.accept(reflected));
  }
}
