/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import com.spatium.ecmath.internal.NativeMemory;
import java.nio.ByteBuffer;

/**
 * The capability to see where a blob's bytes are: the only way from Java to the content of any
 * secret. It exists for the token, which reads and fills blobs at their address. Whoever takes a
 * {@code BlobAccess} in its signature is to be reviewed for what it does with it.
 *
 * <p>Addresses and buffers are valid while the blob is open; the caller keeps the blob open <b>and
 * reachable</b> meanwhile. A buffer that is used later reads or overwrites another secret. Never
 * copy from a buffer to the heap.
 */
public final class BlobAccess {
  BlobAccess() {}

  /** The address of the blob's first byte. */
  public long address(SecretBlob blob) {
    return locate(blob)[0];
  }

  /** The blob's length in bytes. */
  public int length(SecretBlob blob) {
    return Math.toIntExact(locate(blob)[1]);
  }

  /** A direct buffer over the blob's memory: position 0, limit the blob's length. */
  public ByteBuffer direct(SecretBlob blob) {
    long[] at = locate(blob);
    return NativeMemory.direct(at[0], Math.toIntExact(at[1]));
  }

  private static long[] locate(SecretBlob blob) {
    long[] address = new long[1];
    long[] length = new long[1];
    Calls.check("blob address", Ecm.ecm_secret_address(blob.raw(), address, length), blob);
    return new long[] {address[0], length[0]};
  }
}
