/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver;

final class MemoryStateStoreTest extends StateStoreContract {
  @Override
  protected StateStore open() {
    return new MemoryStateStore();
  }
}
