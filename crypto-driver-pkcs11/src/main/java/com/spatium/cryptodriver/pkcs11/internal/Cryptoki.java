/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#11 module, loaded. Thread-safe: the module is initialised with OS locking. Every method
 * throws {@link CkrException} unless it says that it returns the code.
 *
 * <p>Secrets pass only by address: the PIN in, MACs and random bytes out.
 */
public final class Cryptoki {
  /** Positions in CK_FUNCTION_LIST (PKCS#11 v2.40 §3.6). */
  enum Fn {
    C_Initialize(0),
    C_GetInfo(2),
    C_GetSlotList(4),
    C_GetTokenInfo(6),
    C_GetMechanismList(7),
    C_GetMechanismInfo(8),
    C_OpenSession(12),
    C_CloseSession(13),
    C_GetSessionInfo(15),
    C_Login(18),
    C_DestroyObject(22),
    C_GetAttributeValue(24),
    C_FindObjectsInit(26),
    C_FindObjects(27),
    C_FindObjectsFinal(28),
    C_SignInit(42),
    C_Sign(43),
    C_GenerateKey(58),
    C_GenerateRandom(64);

    final int index;

    Fn(int index) {
      this.index = index;
    }
  }

  private static final int LIST_START = 8; // CK_VERSION, padded
  private static final int RTLD_NOW =
      2; // and local: a module's own libcrypto must not leak into the process
  private static final long OS_LOCKING_OK = 2;
  private static final long SERIAL_SESSION = 4;
  private static final long RW_SESSION = 2;
  private static final long USER = 1;
  private static final long RO_USER_FUNCTIONS = 1;
  private static final long RW_USER_FUNCTIONS = 3;

  /**
   * Modules stay loaded: JNA unloads a library that is no longer referenced, and whoever else calls
   * it (SunPKCS11 has function pointers too) would jump into nothing. Static, because a module is
   * the process's.
   */
  private static final ConcurrentMap<Path, Cryptoki> LOADED = new ConcurrentHashMap<>();

  private final Path path;

  @SuppressWarnings({"unused", "UnusedVariable"}) // keeps it loaded
  private final NativeLibrary library;

  private final Pointer functionList;
  private final Map<Fn, Function> functions = new EnumMap<>(Fn.class);

  private Cryptoki(Path path, NativeLibrary library, Pointer functionList) {
    this.path = path;
    this.library = library;
    this.functionList = functionList;
    for (Fn fn : Fn.values()) {
      functions.put(fn, function(fn.index));
    }
  }

  /**
   * Loads the module; does not initialise it. Symbolic links are resolved: SunPKCS11 is given the
   * same path, so both get the same copy.
   */
  public static Cryptoki load(Path path) throws ModuleLoadException {
    if (Native.LONG_SIZE != 8 || Native.POINTER_SIZE != 8) {
      throw new ModuleLoadException("only platforms where CK_ULONG has 64 bits are supported");
    }
    try {
      Path real = path.toRealPath();
      Cryptoki loaded = LOADED.get(real);
      if (loaded != null) {
        return loaded;
      }
      NativeLibrary library =
          NativeLibrary.getInstance(real.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW));
      Memory out = new Memory(8);
      out.setLong(0, 0);
      long ckr = library.getFunction("C_GetFunctionList").invokeLong(new Object[] {out});
      Pointer list = out.getPointer(0);
      if (ckr != Ckr.OK || list == null) {
        throw new ModuleLoadException("C_GetFunctionList: " + Ckr.name(ckr));
      }
      Cryptoki fresh = new Cryptoki(real, library, list);
      Cryptoki first = LOADED.putIfAbsent(real, fresh);
      return first != null ? first : fresh;
    } catch (IOException e) {
      throw new ModuleLoadException("no such file, or not readable", e);
    } catch (UnsatisfiedLinkError e) {
      throw new ModuleLoadException("not a PKCS#11 module for this platform: " + e.getMessage(), e);
    }
  }

  Function function(int index) {
    return Function.getFunction(functionList.getPointer(LIST_START + 8L * index));
  }

  private long call(Fn fn, @Nullable Object... arguments) {
    Function function = functions.get(fn);
    if (function == null) {
      throw new IllegalStateException(fn.name());
    }
    return function.invokeLong(arguments);
  }

  private void ok(Fn fn, @Nullable Object... arguments) {
    long ckr = call(fn, arguments);
    if (ckr != Ckr.OK) {
      throw new CkrException(fn.name(), ckr);
    }
  }

  public Path path() {
    return path;
  }

  /**
   * Initialises the module for this process, if nobody has.
   *
   * @param parameters what some vendors want in pReserved (NSS: "configdir='…' …"); empty for none
   */
  public void initialize(String parameters) {
    Memory args = new Memory(48); // CK_C_INITIALIZE_ARGS: four mutex callbacks, flags, pReserved
    args.clear();
    args.setLong(32, OS_LOCKING_OK);
    Memory reserved = null;
    if (!parameters.isEmpty()) {
      byte[] text = parameters.getBytes(StandardCharsets.UTF_8);
      reserved = new Memory(text.length + 1L);
      reserved.write(0, text, 0, text.length);
      reserved.setByte(text.length, (byte) 0);
      args.setPointer(40, reserved);
    }
    long ckr;
    try {
      ckr = call(Fn.C_Initialize, args);
    } finally {
      Reference.reachabilityFence(reserved);
    }
    if (ckr != Ckr.OK && ckr != Ckr.CRYPTOKI_ALREADY_INITIALIZED) {
      throw new CkrException(Fn.C_Initialize.name(), ckr);
    }
  }

  /** E.g. "SoftHSM: Implementation of PKCS11 2.6". */
  public String describe() {
    Memory info = new Memory(88); // CK_INFO
    info.clear();
    ok(Fn.C_GetInfo, info);
    return text(info, 2, 32)
        + ": "
        + text(info, 48, 32)
        + " "
        + (info.getByte(80) & 0xff)
        + "."
        + (info.getByte(81) & 0xff);
  }

  /**
   * All slots, with a token or without, in the module's order (SunPKCS11's slotListIndex counts in
   * it).
   */
  public List<Long> slots() {
    long[] count = new long[1];
    ok(Fn.C_GetSlotList, (byte) 0, null, count);
    // One more than announced: slots may appear between the calls.
    long[] slots = new long[Math.toIntExact(count[0]) + 1];
    count[0] = slots.length;
    ok(Fn.C_GetSlotList, (byte) 0, slots, count);
    return list(slots, count[0]);
  }

  /** Empty if the slot has no token. */
  public Optional<TokenInfo> tokenInfo(long slot) {
    Memory info = new Memory(208); // CK_TOKEN_INFO
    info.clear();
    long ckr = call(Fn.C_GetTokenInfo, slot, info);
    if (ckr == Ckr.TOKEN_NOT_PRESENT || ckr == Ckr.TOKEN_NOT_RECOGNIZED) {
      return Optional.empty();
    }
    if (ckr != Ckr.OK) {
      throw new CkrException(Fn.C_GetTokenInfo.name(), ckr);
    }
    return Optional.of(
        new TokenInfo(
            text(info, 0, 32),
            text(info, 32, 32),
            text(info, 64, 16),
            text(info, 80, 16),
            info.getLong(96),
            info.getLong(104),
            info.getLong(112)));
  }

  public List<Long> mechanisms(long slot) {
    long[] count = new long[1];
    ok(Fn.C_GetMechanismList, slot, null, count);
    long[] types = new long[Math.toIntExact(count[0]) + 1];
    count[0] = types.length;
    ok(Fn.C_GetMechanismList, slot, types, count);
    return list(types, count[0]);
  }

  /** Empty if the token does not know the mechanism. */
  public Optional<MechanismInfo> mechanismInfo(long slot, long type) {
    Memory info = new Memory(24);
    info.clear();
    long ckr = call(Fn.C_GetMechanismInfo, slot, type, info);
    if (ckr == Ckr.MECHANISM_INVALID) {
      return Optional.empty();
    }
    if (ckr != Ckr.OK) {
      throw new CkrException(Fn.C_GetMechanismInfo.name(), ckr);
    }
    return Optional.of(new MechanismInfo(info.getLong(0), info.getLong(8), info.getLong(16)));
  }

  public long openSession(long slot, boolean readWrite) {
    long[] session = new long[1];
    ok(Fn.C_OpenSession, slot, SERIAL_SESSION | (readWrite ? RW_SESSION : 0), null, null, session);
    return session[0];
  }

  /** Returns the code: a session that is gone already is no problem to the one who closes it. */
  public long closeSession(long session) {
    return call(Fn.C_CloseSession, session);
  }

  /** Whether the user is logged in, as this session sees it. */
  public boolean loggedIn(long session) {
    Memory info = new Memory(32); // CK_SESSION_INFO: slot, state, flags, device error
    info.clear();
    ok(Fn.C_GetSessionInfo, session, info);
    long state = info.getLong(8);
    return state == RO_USER_FUNCTIONS || state == RW_USER_FUNCTIONS;
  }

  /** Logs the user in with the PIN at an address. Returns the code. */
  public long login(long session, long pinAddress, long pinLength) {
    return call(Fn.C_Login, session, USER, new Pointer(pinAddress), pinLength);
  }

  /** Handles of all objects that match. */
  public List<Long> find(long session, Template template) {
    Memory attributes = template.toNative();
    ok(Fn.C_FindObjectsInit, session, attributes, (long) template.size());
    try {
      List<Long> found = new ArrayList<>();
      long[] batch = new long[256];
      long[] count = new long[1];
      do {
        ok(Fn.C_FindObjects, session, batch, (long) batch.length, count);
        found.addAll(list(batch, count[0]));
      } while (count[0] > 0);
      return found;
    } finally {
      call(Fn.C_FindObjectsFinal, session);
    }
  }

  /** An attribute's value as Boolean, Long or String; empty if the object has no such attribute. */
  public Optional<Object> attribute(long session, long object, Cka attribute) {
    // Exactly: NSS refuses a longer buffer for a number.
    Memory value =
        new Memory(
            switch (attribute.form()) {
              case BOOL -> 1;
              case ULONG -> 8;
              case TEXT -> 1024;
            });
    Memory template = new Memory(24);
    template.setLong(0, attribute.type());
    template.setPointer(8, value);
    template.setLong(16, value.size());
    long ckr = call(Fn.C_GetAttributeValue, session, object, template, 1L);
    if (ckr == Ckr.ATTRIBUTE_TYPE_INVALID || ckr == Ckr.ATTRIBUTE_SENSITIVE) {
      return Optional.empty();
    }
    if (ckr != Ckr.OK) {
      throw new CkrException(Fn.C_GetAttributeValue.name(), ckr);
    }
    int length = Math.toIntExact(template.getLong(16));
    return switch (attribute.form()) {
      case BOOL -> length == 1 ? Optional.of(value.getByte(0) != 0) : Optional.empty();
      case ULONG -> length == 8 ? Optional.of(value.getLong(0)) : Optional.empty();
      case TEXT -> Optional.of(new String(value.getByteArray(0, length), StandardCharsets.UTF_8));
    };
  }

  public long generateKey(long session, Mechanism mechanism, Template template) {
    long[] key = new long[1];
    Memory attributes = template.toNative();
    ok(Fn.C_GenerateKey, session, mechanism(mechanism), attributes, (long) template.size(), key);
    return key[0];
  }

  public void destroyObject(long session, long object) {
    ok(Fn.C_DestroyObject, session, object);
  }

  /** The MAC of public data, written to {@code length} bytes at an address. */
  public void sign(
      long session, Mechanism mechanism, long key, byte[] data, long outAddress, int length) {
    sign(session, mechanism, key, data, new Pointer(outAddress), length);
  }

  /** The MAC of public data, where the MAC is public too. */
  public byte[] sign(long session, Mechanism mechanism, long key, byte[] data, int length) {
    byte[] out = new byte[length];
    sign(session, mechanism, key, data, out, length);
    return out;
  }

  private void sign(
      long session, Mechanism mechanism, long key, byte[] data, Object out, int length) {
    long[] outLength = {length};
    ok(Fn.C_SignInit, session, mechanism(mechanism), key);
    ok(Fn.C_Sign, session, data, (long) data.length, out, outLength);
    if (outLength[0] != length) {
      throw new CkrException(
          "C_Sign gave " + outLength[0] + " bytes instead of " + length, Ckr.GENERAL_ERROR);
    }
  }

  /** Fills {@code length} bytes at an address. */
  public void random(long session, long address, int length) {
    ok(Fn.C_GenerateRandom, session, new Pointer(address), (long) length);
  }

  /** Public random bytes. */
  public byte[] random(long session, int length) {
    byte[] out = new byte[length];
    ok(Fn.C_GenerateRandom, session, out, (long) length);
    return out;
  }

  private static Memory mechanism(Mechanism mechanism) {
    Memory memory = new Memory(24); // CK_MECHANISM: type, parameter, its length
    memory.clear();
    memory.setLong(0, mechanism.type());
    return memory;
  }

  private static List<Long> list(long[] values, long count) {
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(values[i]);
    }
    return list;
  }

  /** Fixed-size fields are padded with blanks, by some modules with zeros. */
  private static String text(Memory memory, int offset, int length) {
    String text = new String(memory.getByteArray(offset, length), StandardCharsets.UTF_8);
    int zero = text.indexOf(0);
    return (zero < 0 ? text : text.substring(0, zero)).strip();
  }
}
