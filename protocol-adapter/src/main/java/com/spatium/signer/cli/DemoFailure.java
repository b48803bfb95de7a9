/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

/** The demonstration did not come to its end; the message is for its user. */
final class DemoFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  DemoFailure(String message) {
    super(message);
  }
}
