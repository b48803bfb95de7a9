/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Mechanism;
import com.spatium.cryptodriver.pkcs11.internal.MechanismInfo;
import com.spatium.cryptodriver.pkcs11.internal.TokenInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the slot of a token, and checks what the token can do. */
final class Slots {
  /** A slot and what is in it. */
  record Found(long slot, int index, TokenInfo token) {
    /** SunPKCS11 takes a slot number of 31 bits, else a position in the module's list. */
    String sunSetting() {
      return slot >= 0 && slot <= Integer.MAX_VALUE ? "slot=" + slot : "slotListIndex=" + index;
    }
  }

  private Slots() {}

  /**
   * Slot numbers change when tokens are initialised or plugged in, so they are looked up by label,
   * and serial if given.
   */
  static Found find(Cryptoki module, TokenConfig config) {
    List<Long> slots = module.slots();
    List<Found> matches = new ArrayList<>();
    List<String> others = new ArrayList<>();
    boolean blank = false;
    for (int i = 0; i < slots.size(); i++) {
      Optional<TokenInfo> token;
      try {
        token = module.tokenInfo(slots.get(i));
      } catch (CkrException e) {
        if (e.ckr() == Ckr.CRYPTOKI_NOT_INITIALIZED) {
          throw e;
        }
        // A broken neighbour must not hide a token that works.
        others.add(
            "one in slot " + slots.get(i) + " that does not answer (" + Ckr.name(e.ckr()) + ")");
        continue;
      }
      if (token.isEmpty()) {
        continue;
      }
      TokenInfo info = token.get();
      if (!info.initialized()) {
        blank = true;
      } else if (info.label().equals(config.label())
          && config.serial().map(s -> s.equals(info.serial())).orElse(true)) {
        matches.add(new Found(slots.get(i), i, info));
      } else {
        others.add("'" + info.label() + "' (serial " + info.serial() + ")");
      }
    }
    if (matches.size() == 1) {
      return matches.get(0);
    }
    if (matches.isEmpty()) {
      String there =
          slots.isEmpty()
              ? "the module has no slot"
              : others.isEmpty()
                  ? blank
                      ? "there is only an uninitialised token"
                      : "all " + slots.size() + " slots are empty"
                  : "there are " + String.join(", ", others);
      throw new TokenException.TokenAbsent(
          "no "
              + config.where()
              + ": "
              + there
              + ". Plug it in or initialise it, or correct label, serial or module path",
          "",
          0,
          null);
    }
    throw new TokenException.TokenAbsent(
        matches.size()
            + " tokens have the label '"
            + config.label()
            + "' in module "
            + config.module()
            + ": give the serial, one of "
            + String.join(", ", matches.stream().map(m -> m.token().serial()).toList()),
        "",
        0,
        null);
  }

  /** What of the needed mechanisms is missing, one sentence each. */
  static List<String> missingMechanisms(Cryptoki module, long slot) {
    List<Long> listed = module.mechanisms(slot);
    List<String> missing = new ArrayList<>();
    for (Mechanism needed : Mechanism.values()) {
      Optional<MechanismInfo> info =
          listed.contains(needed.type())
              ? module.mechanismInfo(slot, needed.type())
              : Optional.empty();
      if (info.isEmpty()) {
        missing.add(needed.ckmName() + " is not offered");
      } else if (!needed.satisfiedBy(info.get())) {
        missing.add(
            needed.ckmName()
                + " is offered, but not for our use with keys of "
                + needed.keyBytes()
                + " bytes ("
                + info.get().minKeySize()
                + " to "
                + info.get().maxKeySize()
                + ", flags 0x"
                + Long.toHexString(info.get().flags())
                + ")");
      }
    }
    return missing;
  }

  static void requireMechanisms(Cryptoki module, long slot, String where) {
    List<String> missing = missingMechanisms(module, slot);
    if (!missing.isEmpty()) {
      throw new TokenException.MechanismMissing(
          where + " cannot serve this driver: " + String.join("; ", missing));
    }
  }
}
