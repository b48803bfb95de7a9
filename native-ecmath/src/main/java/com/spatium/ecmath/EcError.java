/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** The error codes of the C library (ecm.h), with a sentence for each. */
public enum EcError {
  /** A length or constant that the function does not know: the caller's mistake. */
  ARGUMENT(-1, "an argument has the wrong length or an unknown value"),
  /** The handle is not alive. */
  HANDLE(-2, "the secret was closed"),
  /** The handle holds something else. */
  KIND(-3, "the secret is of another kind or another curve"),
  /** A number outside its range. */
  RANGE(-4, "a number is outside its range"),
  /** Not a valid point. */
  POINT(-5, "not the canonical encoding of a point of the prime-order group, or the identity"),
  /** The result is the identity. */
  IDENTITY(-6, "the result is the identity, which has no encoding"),
  /** A secret scalar came out as zero. */
  ZERO(-7, "a secret scalar is zero"),
  /** Not coprime to the modulus. */
  UNIT(-8, "a number is not coprime to the modulus"),
  /** Not an acceptable modulus. */
  MODULUS(-9, "not a modulus: even, of the wrong size, prime, or with a small factor"),
  /** A signature or MAC that does not verify. */
  VERIFY(-10, "the signature or authentication tag does not verify"),
  /** A result failed its own check. */
  FAULT(-11, "a result failed its own check: hardware fault or bug; do not retry on this machine"),
  /** No room in the vault. */
  VAULT_FULL(
      -12,
      "the vault is full: close secrets, or open a larger vault (and raise 'ulimit -l' for it)"),
  /** The vault is not open. */
  VAULT_CLOSED(-13, "the vault is closed"),
  /** The kernel refused memory protection. */
  LOCKED_MEMORY(
      -14,
      "the kernel refused the required memory protection: raise RLIMIT_MEMLOCK ('ulimit -l', LimitMEMLOCK= of systemd), open a"
          + " smaller vault, or relax VaultOptions"),
  /** The kernel gave no randomness. */
  RANDOM(-15, "the kernel gave no randomness"),
  /** A file or descriptor could not be read. */
  IO(-16, "the secret's file or descriptor cannot be opened or read"),
  /** A file that others can access. */
  PERMISSIONS(
      -17,
      "the secret's file must be a regular file of mode 0600 or stricter, owned by this user or root"),
  /** Not what was announced. */
  FORMAT(
      -18,
      "the secret is not in the expected format: empty, too long, not hex, or a blob that does not parse"),
  /** A known answer came out wrong. */
  SELF_TEST(-19, "the library's self-test failed: it is damaged or miscompiled for this processor"),
  /** The library cannot be loaded; the exception's message says why. */
  LOAD(Integer.MIN_VALUE + 1, "the library cannot be loaded"),
  /** A code that this version does not know. */
  UNKNOWN(Integer.MIN_VALUE, "the library returned a code that this version does not know");

  private final int code;
  private final String sentence;

  EcError(int code, String sentence) {
    this.code = code;
    this.sentence = sentence;
  }

  /** The number in ecm.h. */
  public int code() {
    return code;
  }

  /** What happened and, where the caller can do something about it, what. */
  public String sentence() {
    return sentence;
  }

  static EcError of(int code) {
    for (EcError e : values()) {
      if (e.code == code) {
        return e;
      }
    }
    return UNKNOWN;
  }
}
