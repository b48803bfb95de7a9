/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

import com.spatium.ecmath.internal.Ecm;
import com.spatium.ecmath.internal.LoadFailure;
import com.spatium.ecmath.internal.LoadOnce;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry: loads the C library, opens the vault, and hands out the groups of operations.
 * Thread-safe; lives as long as the process.
 *
 * <p>System properties: {@code com.spatium.ecmath.library}, the absolute path of a library to load
 * instead of the one in the jar; {@code com.spatium.ecmath.tmpdir}, where the one in the jar is
 * extracted (into a private directory, deleted at once).
 *
 * <pre>{@code
 * EcMath ecmath = EcMath.open();
 * try (SecretScalar k = ecmath.secp256k1().random()) {
 *   byte[] point = ecmath.secp256k1().mulBase(k);
 * }
 * }</pre>
 */
public final class EcMath {
  private static final Logger LOG = LoggerFactory.getLogger(EcMath.class);
  private static final Object OPENING = new Object();

  private final Vault vault = new Vault();
  private final Curve secp256k1 = new Curve(Curve.Id.SECP256K1);
  private final Curve ed25519 = new Curve(Curve.Id.ED25519);
  private final Integers integers = new Integers();
  private final Modular modular = new Modular();
  private final Paillier paillier = new Paillier();
  private final RingPedersen ringPedersen = new RingPedersen();
  private final SecretHashing hashing = new SecretHashing();
  private final String kernel;

  private EcMath(String kernel) {
    this.kernel = kernel;
  }

  /** With {@link VaultOptions#defaults}. */
  public static EcMath open() {
    return open(VaultOptions.defaults());
  }

  /**
   * Loads the library (once in a process), checks its version, opens the vault (once in a process)
   * and runs the self-test.
   *
   * @throws LibraryException if there is no usable library; every further call fails in the same
   *     way
   * @throws VaultException LOCKED_MEMORY if the vault's memory is not as well protected as the
   *     options demand
   */
  public static EcMath open(VaultOptions options) {
    loadLibrary();
    synchronized (OPENING) {
      Calls.check("open vault", Ecm.ecm_vault_open(options.bytes(), options.flags()));
      EcMath ecmath = new EcMath(kernelName());
      VaultReport report = ecmath.vault.report();
      // The vault may have been opened before, with weaker wishes.
      if ((options.requireSecretMemory() && !report.secretMemory())
          || (!options.allowUnlocked() && !report.locked() && !report.secretMemory())) {
        throw Calls.failure("open vault", EcError.LOCKED_MEMORY.code());
      }
      Calls.check("self-test", Ecm.ecm_self_test());
      LOG.debug("ecmath is open: kernel {}, {}", ecmath.kernel, report);
      return ecmath;
    }
  }

  static void loadLibrary() {
    try {
      LoadOnce.library();
    } catch (LoadFailure e) {
      throw new LibraryException(EcError.LOAD, String.valueOf(e.getMessage()), e);
    }
  }

  private static String kernelName() {
    byte[] name = new byte[16];
    Calls.check("kernel", Ecm.ecm_kernel(name));
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    return new String(name, 0, length, StandardCharsets.US_ASCII);
  }

  /** Where the secrets are. */
  public Vault vault() {
    return vault;
  }

  /** The group of Bitcoin and Ethereum. */
  public Curve secp256k1() {
    return secp256k1;
  }

  /** The prime-order subgroup of edwards25519. */
  public Curve ed25519() {
    return ed25519;
  }

  /** Secret integers. */
  public Integers integers() {
    return integers;
  }

  /** Residues modulo N and N². */
  public Modular modular() {
    return modular;
  }

  /** Paillier encryption. */
  public Paillier paillier() {
    return paillier;
  }

  /** Ring-Pedersen commitments. */
  public RingPedersen ringPedersen() {
    return ringPedersen;
  }

  /** HMAC, key derivation, sealing. */
  public SecretHashing hashing() {
    return hashing;
  }

  /** The name of the arithmetic kernel that this processor got: "portable" or "ifma". */
  public String kernel() {
    return kernel;
  }
}
