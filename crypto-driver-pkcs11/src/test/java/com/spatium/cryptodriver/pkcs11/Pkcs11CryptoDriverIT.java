/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.CryptoDriverContract;
import com.spatium.cryptodriver.custody.Custody;
import java.util.function.Supplier;

/** The contract with a token on each side. */
final class Pkcs11CryptoDriverIT extends CryptoDriverContract {
  @Override
  protected Supplier<Custody> initiatorsCustody() {
    return token();
  }

  @Override
  protected Supplier<Custody> respondersCustody() {
    return token();
  }

  /** A new token with the keys of an installation. */
  static Supplier<Custody> token() {
    SoftHsm.TestToken token = SoftHsm.instance().newToken();
    TokenCustody.provision(ECMATH, token.config(ECMATH), "contract").close();
    return () -> TokenCustody.open(ECMATH, token.config(ECMATH), "contract");
  }
}
