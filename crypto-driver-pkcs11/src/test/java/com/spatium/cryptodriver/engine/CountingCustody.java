/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.engine;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.custody.Custody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretScalar;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A custody that counts what is asked of it, and has a generator of its own, like a token. */
final class CountingCustody implements Custody {
  private final EcMath ecmath;
  private final Custody custody;
  private final AtomicInteger operations;

  CountingCustody(EcMath ecmath, Custody custody, AtomicInteger operations) {
    this.ecmath = ecmath;
    this.custody = custody;
    this.operations = operations;
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
  public Bytes seal(Bytes aad, SecretBlob plaintext) {
    operations.incrementAndGet();
    return custody.seal(aad, plaintext);
  }

  @Override
  public SecretBlob open(Bytes aad, Bytes sealed) {
    operations.incrementAndGet();
    return custody.open(aad, sealed);
  }

  @Override
  public Optional<SecretBlob> randomness() {
    operations.incrementAndGet();
    return Optional.of(ecmath.vault().random(32, null));
  }

  @Override
  public void createSecret(SecretId id) {
    custody.createSecret(id);
  }

  @Override
  public SecretScalar fragment(SecretId id, Suite suite, DerivationPath path) {
    operations.incrementAndGet();
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
