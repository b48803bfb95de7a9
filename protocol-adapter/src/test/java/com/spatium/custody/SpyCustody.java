/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the scanner everything that is sealed: writes it from the vault to a pipe with write(2), so
 * that this process has it nowhere else. A record is the length of the AAD, the AAD, the length of
 * the secret, the secret.
 */
final class SpyCustody implements Custody {
  private static final int WRITE_ONLY = 1;
  private final EcMath ecmath;
  private final Custody custody;
  private final int pipe;

  SpyCustody(EcMath ecmath, Custody custody, Path fifo) {
    this.ecmath = ecmath;
    this.custody = custody;
    this.pipe =
        Function.getFunction("c", "open").invokeInt(new Object[] {fifo.toString(), WRITE_ONLY});
    if (pipe < 0) {
      throw new IllegalStateException("cannot open " + fifo);
    }
  }

  private void write(Pointer from, long length) {
    Function write = Function.getFunction("c", "write");
    for (long at = 0; at < length; ) {
      long n = write.invokeLong(new Object[] {pipe, from.share(at), length - at});
      if (n <= 0) {
        throw new IllegalStateException("the scanner does not read");
      }
      at += n;
    }
  }

  private void writePublic(byte[] bytes) {
    Memory memory = new Memory(4 + bytes.length);
    memory.setInt(0, Integer.reverseBytes(bytes.length));
    memory.write(4, bytes, 0, bytes.length);
    write(memory, memory.size());
  }

  @Override
  public synchronized Bytes seal(Bytes aad, SecretBlob plaintext) {
    writePublic(aad.toByteArray());
    int length = ecmath.vault().access().length(plaintext);
    Memory header = new Memory(4);
    header.setInt(0, Integer.reverseBytes(length));
    write(header, 4);
    write(new Pointer(ecmath.vault().access().address(plaintext)), length);
    return custody.seal(aad, plaintext);
  }

  /** The scanner has all now. */
  synchronized void end() throws IOException {
    Function.getFunction("c", "close").invokeInt(new Object[] {pipe});
  }

  @Override
  public String describe() {
    return custody.describe();
  }

  @Override
  public Secrets.Kind nativeKind() {
    return custody.nativeKind();
  }

  @Override
  public SecretBlob open(Bytes aad, Bytes sealed) {
    return custody.open(aad, sealed);
  }

  @Override
  public Optional<SecretBlob> randomness() {
    return custody.randomness();
  }

  @Override
  public void createSecret(SecretId id) {
    custody.createSecret(id);
  }

  @Override
  public SecretScalar fragment(SecretId id, Suite suite, DerivationPath path) {
    return custody.fragment(id, suite, path);
  }

  @Override
  public void destroySecret(SecretId id) {
    custody.destroySecret(id);
  }

  @Override
  public Map<String, String> health() {
    return custody.health();
  }

  @Override
  public void close() {
    custody.close();
  }
}
