/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.custody;

import com.spatium.cryptodriver.CryptoDriverException;
import com.spatium.cryptodriver.NativeLibraryException;
import com.spatium.cryptodriver.UsageException;
import com.spatium.ecmath.EcMathException;
import com.spatium.ecmath.InvalidInputException;
import com.spatium.ecmath.SecretReadException;
import java.util.function.Supplier;

/** What the custodies' callers see of errors in the native library. */
public final class EcErrors {
  private EcErrors() {}

  /** Runs; errors of the native library become the driver's, by what the caller should do. */
  public static <T> T translate(Supplier<T> body) {
    try {
      return body.get();
    } catch (EcMathException e) {
      throw translated(e);
    }
  }

  private static CryptoDriverException translated(EcMathException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof InvalidInputException || e instanceof SecretReadException) {
      return new UsageException(message, e);
    }
    return new NativeLibraryException(message, e);
  }
}
