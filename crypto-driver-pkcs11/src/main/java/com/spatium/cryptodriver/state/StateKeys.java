/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.state;

import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/** Names of the state of one installation; the package's description lists them. */
record StateKeys(String installation) {
  String recordKey() {
    return installation + "/record-key";
  }

  String pedersen(SecurityLevel level) {
    return installation + "/pedersen/" + level.bits();
  }

  String secrets() {
    return installation + "/secret/";
  }

  String secret(SecretId id) {
    return secrets() + id;
  }

  String modulusProofs(SecretId id) {
    return installation + "/modulus/" + id;
  }

  String statics(SecretId id) {
    return installation + "/static/" + id + "/";
  }

  String staticKey(SecretId id, Role role, SecurityLevel level) {
    return statics(id) + name(role) + "/" + level.bits();
  }

  String pairings() {
    return installation + "/pairing/";
  }

  String pairings(SecretId id) {
    return pairings() + id + "/";
  }

  String pairing(SecretId id, Role role, PeerId peer) {
    return pairings(id) + name(role) + "/" + name(peer);
  }

  String keys(SecretId id) {
    return installation + "/key/" + id + "/";
  }

  String key(SecretId id, Role role, SyncSessionId syncSessionId) {
    return keys(id) + name(role) + "/" + syncSessionId;
  }

  String pins(SecretId id) {
    return installation + "/pin/" + id + "/";
  }

  String pin(SecretId id, Suite suite, DerivationPath path) {
    return pins(id) + suite.curveName() + "/" + path.coin() + "/" + path.account();
  }

  String used(SecretId id, Role role, SignSessionId signSessionId) {
    return installation + "/used/" + id + "/" + name(role) + "/" + signSessionId;
  }

  String locked(SecretId id) {
    return installation + "/locked/" + id;
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** In hexadecimal: a peer's name may contain a slash. */
  private static String name(PeerId peer) {
    return HexFormat.of().formatHex(peer.name().getBytes(StandardCharsets.US_ASCII));
  }
}
