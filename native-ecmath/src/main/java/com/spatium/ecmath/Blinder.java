/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import java.util.ArrayList;
import java.util.List;

/**
 * A random secret and the power that blinds with it, made before it is needed and good for one use:
 * {@code mu} and {@code t^mu} mod N ({@link RingPedersen#blinders}), or {@code rho} and {@code
 * rho^N} mod N² ({@link Paillier#randomizers}).
 *
 * @param secret mu or rho
 * @param power t^mu or rho^N
 */
public record Blinder(SecretInteger secret, SecretInteger power) implements AutoCloseable {
  /** Closes both. */
  @Override
  public void close() {
    secret.close();
    power.close();
  }

  static List<Blinder> of(long[] secrets, long[] powers) {
    List<Blinder> blinders = new ArrayList<>(secrets.length);
    for (int i = 0; i < secrets.length; i++) {
      blinders.add(new Blinder(new SecretInteger(secrets[i]), new SecretInteger(powers[i])));
    }
    return List.copyOf(blinders);
  }
}
