/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.examples;

import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.StateStore;
import com.spatium.cryptodriver.pkcs11.PinSource;
import com.spatium.cryptodriver.pkcs11.Pkcs11CryptoDriver;
import com.spatium.cryptodriver.pkcs11.TokenConfig;
import com.spatium.ecmath.EcMath;
import com.spatium.protocol.ProtocolOptions;
import com.spatium.protocol.SpatiumProtocol;
import com.spatium.protocol.SqliteStateStore;
import com.spatium.protocol.TcpTransport;
import com.spatium.protocol.TransportDriver;
import java.nio.file.Path;
import java.time.Duration;

/** The README's example: what stands between the marks stands there, too; ReadmeTest sees to it. */
final class LibraryUse {
  private LibraryUse() {}

  static void sign(
      Path module,
      Path pinFile,
      int port,
      String secretId,
      String keyId,
      String signId,
      String digestBase64) {
    // <README>
    EcMath ecmath = EcMath.open();
    PeerId peer = new PeerId("desk-2");
    TokenConfig token =
        TokenConfig.of(module, "spatium-a", PinSource.file(ecmath.vault(), pinFile));
    DriverConfig config =
        DriverConfig.of("desk-1").withPolicy(request -> SigningPolicy.refuse("we only start"));

    try (StateStore store = SqliteStateStore.open(Path.of("state.db"));
        CryptoDriver driver = Pkcs11CryptoDriver.open(config, store, token);
        TransportDriver transport = TcpTransport.connect(port, peer, Duration.ofSeconds(10));
        SpatiumProtocol protocol =
            new SpatiumProtocol(driver, transport, ProtocolOptions.of(peer, "room-1"))) {
      driver.secrets().generate(SecretId.of(secretId)); // once; the peer does the same
      var pairing =
          protocol.pair(secretId); // once; then both operators compare the digits and confirm
      System.out.println(pairing.id().toDigits());
      driver.operator().confirm(pairing.id());

      String publicKey = protocol.syncDistributedEcdsaKey(secretId, keyId, "secp256k1", 60, 0);
      var signature = protocol.signEcdsaMessage(secretId, keyId, signId, digestBase64, "");
      System.out.println(publicKey + ": " + signature.r() + ", " + signature.s());
    }
    // </README>
  }
}
