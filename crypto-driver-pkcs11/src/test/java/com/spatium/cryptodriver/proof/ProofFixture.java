/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.PedersenFields;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.PaillierKey;
import com.spatium.ecmath.RingPedersenKey;
import com.spatium.ecmath.Vault;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;

/**
 * Keys, contexts and the means of an attacker, for the tests of the proofs. P1's things end in 1,
 * P2's in 2.
 */
final class ProofFixture {
  static final EcMath ECMATH = EcMath.open();
  static final SecurityLevel LEVEL = SecurityLevel.BITS_112;
  static final int LENGTH = LEVEL.modulusBytes();

  static final PaillierKey PAILLIER_1 = TestParameters.paillier(ECMATH, 1);
  static final PaillierKey PAILLIER_2 = TestParameters.paillier(ECMATH, 2);
  static final RingPedersenKey PEDERSEN_KEY_1 = TestParameters.ringPedersen(ECMATH, 2048, 1);
  static final RingPedersenKey PEDERSEN_KEY_2 = TestParameters.ringPedersen(ECMATH, 2048, 2);
  static final RingPedersenKey PEDERSEN_KEY_512 = TestParameters.ringPedersen(ECMATH, 512, 1);

  static final PaillierModulus N1 =
      PaillierModulus.trusted(LEVEL, Bytes.of(ECMATH.paillier().modulus(PAILLIER_1)));
  static final PaillierModulus N2 =
      PaillierModulus.trusted(LEVEL, Bytes.of(ECMATH.paillier().modulus(PAILLIER_2)));
  static final PedersenParameters PEDERSEN_1 =
      PedersenParameters.of(LEVEL, ECMATH.ringPedersen().parameters(PEDERSEN_KEY_1));
  static final PedersenParameters PEDERSEN_2 =
      PedersenParameters.of(LEVEL, ECMATH.ringPedersen().parameters(PEDERSEN_KEY_2));
  static final PedersenParameters PEDERSEN_512 =
      PedersenParameters.toy(
          PedersenParameters.fields(ECMATH.ringPedersen().parameters(PEDERSEN_KEY_512)));

  static final BigInteger Q = ECMATH.secp256k1().order();
  static final ProofContext CONTEXT_1 = new ProofContext(random(32), Role.INITIATOR);
  static final ProofContext CONTEXT_2 = new ProofContext(random(32), Role.RESPONDER);

  /** As the engine's, without a token's randomness. */
  static final NonceSource NONCES =
      (curve, purpose, fragment, context, index) ->
          curve.nonce(
              null,
              MacInputs.noncePrefix(purpose),
              fragment,
              MacInputs.nonceSuffix(context, index));

  private ProofFixture() {}

  /** In [¾·2^bits, 2^bits): the product of two has exactly the sum of their bits. */
  static BigInteger prime(int bits) {
    BigInteger start = new BigInteger(bits, new SecureRandom()).setBit(bits - 1).setBit(bits - 2);
    BigInteger prime = start.nextProbablePrime();
    return prime.bitLength() == bits ? prime : prime(bits);
  }

  static Bytes random(int length) {
    return Bytes.of(Vault.randomPublic(length));
  }

  static Bytes fixed(BigInteger value, int length) {
    return Bytes.of(Numbers.fixed(value, length));
  }

  static Bytes zeros(int length) {
    return Bytes.of(new byte[length]);
  }

  static Bytes flipped(Bytes value, int bit) {
    byte[] bytes = value.toByteArray();
    bytes[bytes.length - 1 - bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.of(bytes);
  }

  static Bytes shortened(Bytes value, int by) {
    byte[] bytes = value.toByteArray();
    return Bytes.of(Arrays.copyOf(bytes, bytes.length - by));
  }

  static Bytes lengthened(Bytes value) {
    byte[] bytes = value.toByteArray();
    return Bytes.of(Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** The record with one component replaced. */
  static <R extends Record> R with(R record, String component, Object value) {
    try {
      RecordComponent[] components = record.getClass().getRecordComponents();
      Object[] values = new Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      boolean found = false;
      for (int i = 0; i < components.length; i++) {
        components[i].getAccessor().setAccessible(true);
        types[i] = components[i].getType();
        values[i] = components[i].getAccessor().invoke(record);
        if (components[i].getName().equals(component)) {
          values[i] = value;
          found = true;
        }
      }
      assertTrue(found, component);
      @SuppressWarnings("unchecked")
      Constructor<R> constructor = (Constructor<R>) record.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static Bytes get(Record record, String component) {
    try {
      return (Bytes) record.getClass().getMethod(component).invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static PedersenParameters withPedersen(PedersenParameters parameters, String field, Bytes value) {
    PedersenFields fields = with(parameters.fields(), field, value);
    return PedersenParameters.toy(fields);
  }

  /** The peer is blamed, for this reason, and the session is over. */
  static void assertBlamed(String check, Executable verification) {
    PeerFaultException fault = assertThrows(PeerFaultException.class, verification);
    assertEquals("X9", fault.round());
    assertTrue(
        fault.check().contains(check),
        () -> "expected \"" + check + "\" but was \"" + fault.check() + "\"");
    assertFalse(fault.sessionAlive());
  }

  /** Runs both verifications, which must say the same: without factors, and with them. */
  static void verifyBoth(Runnable plain, Runnable own) {
    PeerFaultException expected = fault(plain);
    PeerFaultException found = fault(own);
    assertEquals(
        expected == null ? null : expected.getMessage(), found == null ? null : found.getMessage());
    if (expected != null) {
      throw expected;
    }
  }

  private static @Nullable PeerFaultException fault(Runnable verification) {
    try {
      verification.run();
      return null;
    } catch (PeerFaultException e) {
      return e;
    }
  }

  static void assertBlamed(Executable verification) {
    assertBlamed("", verification);
  }
}
