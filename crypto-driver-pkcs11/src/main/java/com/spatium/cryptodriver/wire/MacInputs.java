/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.Suite;

/**
 * The public messages of the HMACs that are computed inside the vault or the token
 * (docs/transcript.md, "MACs").
 */
public final class MacInputs {
  private static final int FRAGMENT_LENGTH = 32;

  private MacInputs() {}

  /** What a nonce is for; part of its derivation. */
  public enum NoncePurpose {
    /** P1's nonce of a signature. */
    K1("k1"),
    /** P2's nonce, made in the session. */
    K2("k2"),
    /** P2's nonce, made ahead of time (protocol.md §6). */
    OPENING("opening"),
    /** The mask of a proof {@code dl}. */
    DL("dl");

    private final String text;

    NoncePurpose(String text) {
      this.text = text;
    }
  }

  /** For the pairing's MAC key K (protocol.md §4.1). */
  public static byte[] pairKey(PairingId pairingId) {
    return new TupleEncode().add("spatium/pair/v1").add(pairingId.value()).toByteArray();
  }

  /** Of S4 (role 2) and S5 (role 1). */
  public static byte[] confirmation(Role maker, Bytes sid, Bytes keyHash) {
    return new TupleEncode().add("confirm").add(maker.number()).add(sid).add(keyHash).toByteArray();
  }

  /** For a token-bound secret (protocol.md §7). */
  public static byte[] fragment(Suite suite, DerivationPath path, int counter) {
    return new TupleEncode()
        .add("spatium/fragment/v1")
        .add(suite.curveName())
        .add(path.coin())
        .add(path.account())
        .add(counter)
        .toByteArray();
  }

  /**
   * Of a nonce (protocol.md §4.4): everything before the fragment's 32 bytes, which never leave the
   * vault.
   */
  public static byte[] noncePrefix(NoncePurpose purpose) {
    return new TupleEncode()
        .add("spatium/nonce/v1")
        .add(purpose.text)
        .addLength(FRAGMENT_LENGTH)
        .toByteArray();
  }

  /** Of a nonce: everything after the fragment. */
  public static byte[] nonceSuffix(Bytes context, int index) {
    return new TupleEncode().add(context).add(index).toByteArray();
  }

  /** Plain concatenation: the context of a nonce is one element. */
  public static Bytes context(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.size();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.toByteArray(), 0, all, at, part.size());
      at += part.size();
    }
    return Bytes.of(all);
  }
}
