/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

final class MemoryStorageDriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open() {
    return new MemoryStorageDriver();
  }
}
