/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.custody.Custody;
import com.spatium.cryptodriver.custody.CustodyContract;

/** The contract in a SoftHSM token. */
final class TokenCustodyIT extends CustodyContract {
  @Override
  protected Custody newCustody() {
    return TokenCustody.provision(ECMATH, SoftHsm.instance().newToken().config(ECMATH), "contract");
  }
}
