/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the driver itself must never call: making tokens, pulling the ground away, and objects that
 * are weaker than they should be.
 */
public final class TestModule {
  private static final int C_FINALIZE = 1;
  private static final int C_INIT_TOKEN = 9;
  private static final int C_INIT_PIN = 10;
  private static final int C_SET_PIN = 11;
  private static final int C_CLOSE_ALL_SESSIONS = 14;
  private static final int C_GET_SESSION_INFO = 15;
  private static final int C_LOGIN = 18;
  private static final int C_LOGOUT = 19;
  private static final int C_CREATE_OBJECT = 20;
  private static final int C_GET_ATTRIBUTE_VALUE = 24;
  private static final int C_SET_ATTRIBUTE_VALUE = 25;
  private static final int C_WRAP_KEY = 60;
  private static final long SECURITY_OFFICER = 0;
  private static final long USER = 1;
  private static final long CKA_VALUE = 0x11;
  private static final long AES_KEY_WRAP = 0x2109;

  private final Cryptoki module;

  public TestModule(Path path) {
    try {
      this.module = Cryptoki.load(path);
    } catch (ModuleLoadException e) {
      throw new IllegalStateException(e);
    }
  }

  public Cryptoki driver() {
    return module;
  }

  /** Sets a variable of this process, where native libraries see it. */
  public static void setEnvironment(String name, String value) {
    Function.getFunction("c", "setenv").invokeInt(new Object[] {name, value, 1});
  }

  private void ok(int function, Object... arguments) {
    long ckr = module.function(function).invokeLong(arguments);
    if (ckr != Ckr.OK) {
      throw new CkrException("function " + function, ckr);
    }
  }

  public void finalizeModule() {
    ok(C_FINALIZE, new Object[] {null});
  }

  public void closeAllSessions(long slot) {
    ok(C_CLOSE_ALL_SESSIONS, slot);
  }

  public void logout(long session) {
    ok(C_LOGOUT, session);
  }

  public long login(long session, String pin) {
    byte[] bytes = ascii(pin);
    return module
        .function(C_LOGIN)
        .invokeLong(new Object[] {session, USER, bytes, (long) bytes.length});
  }

  /**
   * Initialises the token in a slot and gives it a user PIN. Returns the slot that it is in then.
   */
  public long initToken(long slot, String label, String soPin, String pin) {
    byte[] padded = new byte[32];
    Arrays.fill(padded, (byte) ' ');
    byte[] name = ascii(label);
    System.arraycopy(name, 0, padded, 0, name.length);
    ok(C_INIT_TOKEN, slot, ascii(soPin), (long) soPin.length(), padded);
    long now = slotOf(label);
    if (!pin.isEmpty()) {
      initPin(now, soPin, ascii(pin), pin.length());
    }
    return now;
  }

  /** Gives the token a user PIN that is at an address. */
  public void initPin(long slot, String soPin, long pinAddress, int pinLength) {
    initPin(slot, soPin, new Pointer(pinAddress), pinLength);
  }

  public void initPin(long slot, String soPin, String pin) {
    initPin(slot, soPin, ascii(pin), pin.length());
  }

  private void initPin(long slot, String soPin, Object pin, long pinLength) {
    long session = module.openSession(slot, true);
    ok(C_LOGIN, session, SECURITY_OFFICER, ascii(soPin), (long) soPin.length());
    ok(C_INIT_PIN, session, pin, pinLength);
    logout(session);
    module.closeSession(session);
  }

  public long slotOf(String label) {
    for (long slot : module.slots()) {
      if (info(slot).map(t -> t.initialized() && t.label().equals(label)).orElse(false)) {
        return slot;
      }
    }
    throw new IllegalStateException("no token " + label);
  }

  /** Empty also for a token that is broken. */
  private Optional<TokenInfo> info(long slot) {
    try {
      return module.tokenInfo(slot);
    } catch (CkrException e) {
      return Optional.empty();
    }
  }

  public long uninitialisedSlot() {
    for (long slot : module.slots()) {
      if (info(slot).map(t -> !t.initialized()).orElse(false)) {
        return slot;
      }
    }
    throw new IllegalStateException("no uninitialised slot");
  }

  /**
   * Sessions of this process with a slot. SoftHSM does not report their number, but gives handles
   * in sequence.
   */
  public int liveSessions(long slot) {
    long newest = module.openSession(slot, false);
    Memory info = new Memory(32);
    int live = 0;
    for (long handle = 1; handle < newest; handle++) {
      if (module.function(C_GET_SESSION_INFO).invokeLong(new Object[] {handle, info}) == Ckr.OK
          && info.getLong(0) == slot) {
        live++;
      }
    }
    module.closeSession(newest);
    return live;
  }

  public void setPin(long session, String old, String now) {
    ok(C_SET_PIN, session, ascii(old), (long) old.length(), ascii(now), (long) now.length());
  }

  /** Imports a key: its value was known outside the token. */
  public long importKey(long session, long keyType, byte[] value, Template template) {
    int size = template.size();
    Memory given = template.toNative();
    Memory all = new Memory(24L * (size + 3));
    all.clear();
    all.write(0, given.getByteArray(0, 24 * size), 0, 24 * size);
    Memory numbers = new Memory(16);
    numbers.setLong(0, 4); // CKO_SECRET_KEY
    numbers.setLong(8, keyType);
    Memory secret = new Memory(value.length);
    secret.write(0, value, 0, value.length);
    put(all, size, 0x000, numbers.share(0), 8);
    put(all, size + 1, 0x100, numbers.share(8), 8);
    put(all, size + 2, CKA_VALUE, secret, value.length);
    long[] object = new long[1];
    try {
      ok(C_CREATE_OBJECT, session, all, (long) size + 3, object);
    } finally {
      Reference.reachabilityFence(List.of(given, numbers, secret));
    }
    return object[0];
  }

  /** Tries to read the key itself. Returns the code. */
  public long readValue(long session, long object) {
    Memory value = new Memory(256);
    Memory template = new Memory(24);
    put(template, 0, CKA_VALUE, value, 256);
    return module
        .function(C_GET_ATTRIBUTE_VALUE)
        .invokeLong(new Object[] {session, object, template, 1L});
  }

  /** Tries to change a flag. Returns the code. */
  public long setFlag(long session, long object, Cka attribute, boolean value) {
    return module
        .function(C_SET_ATTRIBUTE_VALUE)
        .invokeLong(
            new Object[] {session, object, Template.empty().with(attribute, value).toNative(), 1L});
  }

  /** Tries to get a key out under another. Returns the code. */
  public long wrap(long session, long wrappingKey, long key) {
    Memory mechanism = new Memory(24);
    mechanism.clear();
    mechanism.setLong(0, AES_KEY_WRAP);
    long[] length = {512};
    return module
        .function(C_WRAP_KEY)
        .invokeLong(new Object[] {session, mechanism, wrappingKey, key, new byte[512], length});
  }

  private static void put(Memory template, int index, long type, Pointer value, long length) {
    template.setLong(24L * index, type);
    template.setPointer(24L * index + 8, value);
    template.setLong(24L * index + 16, length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
