/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process's one arena of locked native memory, where all secrets are, and the operations on
 * secret bytes.
 *
 * <p>Thread-safe. It lives as long as the process: single secrets are wiped by closing them.
 */
public final class Vault {
  /** The longest blob: 1 MiB. */
  public static final int MAX_BLOB = 1 << 20;

  private static final int KIND_SCALAR = 2;
  private static final int KIND_INTEGER = 3;
  private static final int KIND_PAILLIER = 4;
  private static final int KIND_PEDERSEN = 5;

  private final BlobAccess access = new BlobAccess();

  Vault() {}

  /** What protection the memory got, and how full it is. */
  public VaultReport report() {
    long[] words = new long[VaultReport.WORDS];
    Calls.check("vault report", Ecm.ecm_vault_report(words));
    return VaultReport.of(words);
  }

  /**
   * The capability to see where blobs are. Code that has it can read and write secret bytes: pass
   * it only to what moves them between the vault and a token.
   */
  public BlobAccess access() {
    return access;
  }

  /**
   * A blob of {@code length} zero bytes (1 .. {@link #MAX_BLOB}), to be filled through {@link
   * BlobAccess}.
   */
  public SecretBlob blob(int length) {
    long[] out = new long[1];
    Calls.check("blob", Ecm.ecm_blob_new(blobLength(length), out));
    return new SecretBlob(out[0]);
  }

  /**
   * {@code length} bytes of the operating system's randomness.
   *
   * @param mix further randomness (a token's, say), mixed in by SHA-512 so that either source
   *     suffices; or null
   */
  public SecretBlob random(int length, @Nullable SecretBlob mix) {
    long[] out = new long[1];
    Calls.check(
        "random", Ecm.ecm_blob_random(blobLength(length), mix == null ? 0 : mix.raw(), out), mix);
    return new SecretBlob(out[0]);
  }

  /**
   * Copies bytes that are <b>public</b> (labels, test vectors) into a blob: the heap keeps them.
   */
  public SecretBlob fromPublic(byte[] data) {
    blobLength(data.length);
    long[] out = new long[1];
    Calls.check("blob from public bytes", Ecm.ecm_blob_from_public(data, data.length, out));
    return new SecretBlob(out[0]);
  }

  /** A copy of {@code length} bytes from {@code offset}. */
  public SecretBlob slice(SecretBlob blob, int offset, int length) {
    Calls.within("slice", "offset", offset, 0, MAX_BLOB);
    long[] out = new long[1];
    Calls.check("slice", Ecm.ecm_blob_slice(blob.raw(), offset, blobLength(length), out), blob);
    return new SecretBlob(out[0]);
  }

  /** The blobs, one after the other, in a new one. */
  public SecretBlob concat(SecretBlob... blobs) {
    Calls.batch("concat", blobs.length, blobs.length);
    long[] out = new long[1];
    Calls.check(
        "concat",
        Ecm.ecm_blob_concat(blobs.length, Calls.raw(List.of(blobs)), out),
        (Object[]) blobs);
    return new SecretBlob(out[0]);
  }

  /** Pads for AES-CBC: 4-byte big-endian length, content, zeros up to a multiple of 16. */
  public SecretBlob pad16(SecretBlob blob) {
    long[] out = new long[1];
    Calls.check("pad16", Ecm.ecm_blob_pad16(blob.raw(), out), blob);
    return new SecretBlob(out[0]);
  }

  /**
   * Undoes {@link #pad16}.
   *
   * @throws InvalidInputException FORMAT if the length does not fit or the padding is not zero
   */
  public SecretBlob unpad16(SecretBlob blob) {
    long[] out = new long[1];
    Calls.check("unpad16", Ecm.ecm_blob_unpad16(blob.raw(), out), blob);
    return new SecretBlob(out[0]);
  }

  /**
   * Reads a secret from a file descriptor straight into the vault, unbuffered.
   *
   * @param max most bytes to read before decoding, 1 .. {@link #MAX_BLOB}
   * @throws SecretReadException IO, or FORMAT for what is empty, too long or not hex
   */
  public SecretBlob readFd(int fd, SecretFormat format, int max) {
    long[] out = new long[1];
    return read(
        "read secret from descriptor " + fd,
        Ecm.ecm_blob_read_fd(fd, format.code(), blobLength(max), out),
        out);
  }

  /**
   * Reads a secret from a regular file of mode 0600 or stricter, owned by us or root, straight into
   * the vault.
   *
   * @param max most bytes to read before decoding, 1 .. {@link #MAX_BLOB}
   * @throws SecretReadException IO, PERMISSIONS, or FORMAT for what is empty, too long or not hex
   */
  public SecretBlob readFile(Path file, SecretFormat format, int max) {
    byte[] name = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    byte[] terminated = Arrays.copyOf(name, name.length + 1);
    long[] out = new long[1];
    return read(
        "read secret from " + file,
        Ecm.ecm_blob_read_file(terminated, format.code(), blobLength(max), out),
        out);
  }

  private static SecretBlob read(String operation, int code, long[] out) {
    if (code == EcError.FORMAT.code()) {
      throw new SecretReadException(
          EcError.FORMAT, operation + ": " + EcError.FORMAT.sentence() + " [FORMAT]");
    }
    Calls.check(operation, code);
    return new SecretBlob(out[0]);
  }

  /**
   * Whether two secrets of one kind have the same value: two blobs, two scalars of one curve, two
   * integers (of any widths). In constant time; the answer is public.
   *
   * @throws InvalidInputException KIND for other or unlike kinds
   */
  public boolean equal(SecretHandle a, SecretHandle b) {
    int[] equal = new int[1];
    Calls.check("equal", Ecm.ecm_secret_equal(a.raw(), b.raw(), equal), a, b);
    return equal[0] == 1;
  }

  /** A scalar, an integer or a key as a self-describing, versioned blob, to be sealed. */
  public SecretBlob serialize(SecretHandle secret) {
    long[] out = new long[1];
    Calls.check("serialize", Ecm.ecm_serialize(secret.raw(), out), secret);
    return new SecretBlob(out[0]);
  }

  /** Inverse of {@link #serialize} with full validation: FORMAT for anything else than a scalar. */
  public SecretScalar loadScalar(SecretBlob blob) {
    return new SecretScalar(load(KIND_SCALAR, blob));
  }

  /**
   * Inverse of {@link #serialize} with full validation: FORMAT for anything else than an integer.
   */
  public SecretInteger loadInteger(SecretBlob blob) {
    return new SecretInteger(load(KIND_INTEGER, blob));
  }

  /**
   * Inverse of {@link #serialize} with full validation, primality included: FORMAT for anything
   * else than a Paillier key.
   */
  public PaillierKey loadPaillierKey(SecretBlob blob) {
    return new PaillierKey(load(KIND_PAILLIER, blob));
  }

  /**
   * Inverse of {@link #serialize} with full validation, primality included: FORMAT for anything
   * else than a ring-Pedersen key.
   */
  public RingPedersenKey loadRingPedersenKey(SecretBlob blob) {
    return new RingPedersenKey(load(KIND_PEDERSEN, blob));
  }

  private static long load(int kind, SecretBlob blob) {
    long[] out = new long[1];
    Calls.check("load", Ecm.ecm_load(kind, blob.raw(), out), blob);
    return out[0];
  }

  /** Public randomness from getrandom(2): for ids, salts and the like. Needs no open vault. */
  public static byte[] randomPublic(int length) {
    EcMath.loadLibrary();
    byte[] out = new byte[blobLength(length)];
    Calls.check("random", Ecm.ecm_random(out, out.length));
    return out;
  }

  private static int blobLength(int length) {
    return Calls.within("blob", "length", length, 1, MAX_BLOB);
  }
}
