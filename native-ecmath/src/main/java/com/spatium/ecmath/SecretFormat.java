/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** How a secret stands in a file or pipe. */
public enum SecretFormat {
  /** All bytes to the end. */
  RAW(0),
  /**
   * Up to a newline or the end; the newline (LF or CRLF) does not belong to the secret. Nothing
   * past it is read.
   */
  LINE(1),
  /** A line of hexadecimal digits, decoded in constant time. */
  HEX_LINE(2);

  private final int code;

  SecretFormat(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
