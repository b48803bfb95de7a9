/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

/** Domain separation: each label of docs/transcript.md, once. */
public enum Label {
  PAIR("pair"),
  PAIRING("pairing"),
  SID1("sid1"),
  SID1_BATCH("sid1/batch"),
  SID("sid"),
  ITEM1("item1"),
  ITEM("item"),
  KEY("key"),
  COMMIT_KEY("commit/key"),
  COMMIT_NONCE("commit/nonce"),
  DL("dl"),
  NROOT("nroot"),
  BLUM("blum"),
  FAC("fac"),
  PRM("prm"),
  ENCDL("encdl"),
  AFF("aff");

  private final String customization;

  Label(String label) {
    this.customization = "spatium/2p/v1/" + label;
  }

  /** The customization string of TupleHash. */
  public String customization() {
    return customization;
  }
}
