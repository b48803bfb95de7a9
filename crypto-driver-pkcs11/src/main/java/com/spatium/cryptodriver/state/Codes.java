/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.StorageException;
import com.spatium.cryptodriver.Suite;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/** Constants by the numbers and names that records hold. */
final class Codes {
  private Codes() {}

  static Role role(int number) {
    return find(Role.values(), Role::number, number);
  }

  static SecurityLevel level(int bits) {
    return find(SecurityLevel.values(), SecurityLevel::bits, bits);
  }

  static Suite suite(int number) {
    return find(Suite.values(), Suite::number, number);
  }

  static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(name))
        .findFirst()
        .orElseThrow(Codes::unknown);
  }

  private static <E> E find(E[] all, ToIntFunction<E> code, int wanted) {
    return Arrays.stream(all)
        .filter(e -> code.applyAsInt(e) == wanted)
        .findFirst()
        .orElseThrow(Codes::unknown);
  }

  private static StorageException unknown() {
    return new StorageException(
        "a record of the state store holds a value that this driver does not know: update the driver");
  }
}
