/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.ecmath.SecretHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/** A secret that is not wiped before this is closed. Closing does not wipe it. */
public final class Lease<H extends SecretHandle> implements AutoCloseable {
  private final H handle;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  Lease(H handle, Runnable release) {
    this.handle = handle;
    this.release = release;
  }

  public H get() {
    return handle;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
