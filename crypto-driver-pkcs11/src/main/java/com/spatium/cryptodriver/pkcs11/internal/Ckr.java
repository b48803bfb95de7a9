/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11.internal;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Return values of PKCS#11 v2.40 (OASIS pkcs11t.h) by number and by name. */
public final class Ckr {
  public static final long OK = 0x00;
  public static final long SLOT_ID_INVALID = 0x03;
  public static final long GENERAL_ERROR = 0x05;
  public static final long FUNCTION_FAILED = 0x06;
  public static final long ATTRIBUTE_SENSITIVE = 0x11;
  public static final long ATTRIBUTE_TYPE_INVALID = 0x12;
  public static final long DEVICE_ERROR = 0x30;
  public static final long DEVICE_MEMORY = 0x31;
  public static final long DEVICE_REMOVED = 0x32;
  public static final long KEY_HANDLE_INVALID = 0x60;
  public static final long MECHANISM_INVALID = 0x70;
  public static final long OBJECT_HANDLE_INVALID = 0x82;
  public static final long OPERATION_ACTIVE = 0x90;
  public static final long OPERATION_NOT_INITIALIZED = 0x91;
  public static final long PIN_INCORRECT = 0xA0;
  public static final long PIN_INVALID = 0xA1;
  public static final long PIN_LEN_RANGE = 0xA2;
  public static final long PIN_LOCKED = 0xA4;
  public static final long SESSION_CLOSED = 0xB0;
  public static final long SESSION_COUNT = 0xB1;
  public static final long SESSION_HANDLE_INVALID = 0xB3;
  public static final long TOKEN_NOT_PRESENT = 0xE0;
  public static final long TOKEN_NOT_RECOGNIZED = 0xE1;
  public static final long USER_ALREADY_LOGGED_IN = 0x100;
  public static final long USER_NOT_LOGGED_IN = 0x101;
  public static final long USER_PIN_NOT_INITIALIZED = 0x102;
  public static final long CRYPTOKI_NOT_INITIALIZED = 0x190;
  public static final long CRYPTOKI_ALREADY_INITIALIZED = 0x191;

  private static final Map<Long, String> NAMES = new TreeMap<>();

  static {
    String[] all = {
      "00 OK",
      "01 CANCEL",
      "02 HOST_MEMORY",
      "03 SLOT_ID_INVALID",
      "05 GENERAL_ERROR",
      "06 FUNCTION_FAILED",
      "07 ARGUMENTS_BAD",
      "08 NO_EVENT",
      "09 NEED_TO_CREATE_THREADS",
      "0A CANT_LOCK",
      "10 ATTRIBUTE_READ_ONLY",
      "11 ATTRIBUTE_SENSITIVE",
      "12 ATTRIBUTE_TYPE_INVALID",
      "13 ATTRIBUTE_VALUE_INVALID",
      "1B ACTION_PROHIBITED",
      "20 DATA_INVALID",
      "21 DATA_LEN_RANGE",
      "30 DEVICE_ERROR",
      "31 DEVICE_MEMORY",
      "32 DEVICE_REMOVED",
      "40 ENCRYPTED_DATA_INVALID",
      "41 ENCRYPTED_DATA_LEN_RANGE",
      "50 FUNCTION_CANCELED",
      "51 FUNCTION_NOT_PARALLEL",
      "54 FUNCTION_NOT_SUPPORTED",
      "60 KEY_HANDLE_INVALID",
      "62 KEY_SIZE_RANGE",
      "63 KEY_TYPE_INCONSISTENT",
      "68 KEY_FUNCTION_NOT_PERMITTED",
      "69 KEY_NOT_WRAPPABLE",
      "6A KEY_UNEXTRACTABLE",
      "70 MECHANISM_INVALID",
      "71 MECHANISM_PARAM_INVALID",
      "82 OBJECT_HANDLE_INVALID",
      "90 OPERATION_ACTIVE",
      "91 OPERATION_NOT_INITIALIZED",
      "A0 PIN_INCORRECT",
      "A1 PIN_INVALID",
      "A2 PIN_LEN_RANGE",
      "A3 PIN_EXPIRED",
      "A4 PIN_LOCKED",
      "B0 SESSION_CLOSED",
      "B1 SESSION_COUNT",
      "B3 SESSION_HANDLE_INVALID",
      "B4 SESSION_PARALLEL_NOT_SUPPORTED",
      "B5 SESSION_READ_ONLY",
      "B6 SESSION_EXISTS",
      "B7 SESSION_READ_ONLY_EXISTS",
      "B8 SESSION_READ_WRITE_SO_EXISTS",
      "C0 SIGNATURE_INVALID",
      "C1 SIGNATURE_LEN_RANGE",
      "D0 TEMPLATE_INCOMPLETE",
      "D1 TEMPLATE_INCONSISTENT",
      "E0 TOKEN_NOT_PRESENT",
      "E1 TOKEN_NOT_RECOGNIZED",
      "E2 TOKEN_WRITE_PROTECTED",
      "100 USER_ALREADY_LOGGED_IN",
      "101 USER_NOT_LOGGED_IN",
      "102 USER_PIN_NOT_INITIALIZED",
      "103 USER_TYPE_INVALID",
      "104 USER_ANOTHER_ALREADY_LOGGED_IN",
      "105 USER_TOO_MANY_TYPES",
      "120 RANDOM_SEED_NOT_SUPPORTED",
      "121 RANDOM_NO_RNG",
      "130 DOMAIN_PARAMS_INVALID",
      "140 CURVE_NOT_SUPPORTED",
      "150 BUFFER_TOO_SMALL",
      "160 SAVED_STATE_INVALID",
      "170 INFORMATION_SENSITIVE",
      "180 STATE_UNSAVEABLE",
      "190 CRYPTOKI_NOT_INITIALIZED",
      "191 CRYPTOKI_ALREADY_INITIALIZED",
      "1A0 MUTEX_BAD",
      "1A1 MUTEX_NOT_LOCKED",
      "200 FUNCTION_REJECTED"
    };
    for (String line : all) {
      int space = line.indexOf(' ');
      NAMES.put(Long.parseLong(line.substring(0, space), 16), "CKR_" + line.substring(space + 1));
    }
  }

  private Ckr() {}

  /** The name of pkcs11t.h, or the number in hexadecimal. */
  public static String name(long ckr) {
    String name = NAMES.get(ckr);
    return name != null ? name : String.format(Locale.ROOT, "0x%08X", ckr);
  }

  /** Inverse of {@link #name}; empty for what is neither. */
  public static OptionalLong number(String name) {
    if (name.startsWith("0x")) {
      try {
        return OptionalLong.of(Long.parseLong(name.substring(2), 16));
      } catch (NumberFormatException e) {
        return OptionalLong.empty();
      }
    }
    for (Map.Entry<Long, String> e : NAMES.entrySet()) {
      if (e.getValue().equals(name)) {
        return OptionalLong.of(e.getKey());
      }
    }
    return OptionalLong.empty();
  }
}
