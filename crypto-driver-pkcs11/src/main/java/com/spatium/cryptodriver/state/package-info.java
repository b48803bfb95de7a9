/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is on record, and the secrets that belong to it.
 *
 * <p>Public records (secrets, static keys, pairings, keys) are CBOR under an HMAC of a key that is
 * sealed in the custody, over the record and its state key: whoever edits the database can remove a
 * record or bring back an older one, but not make one up or move it. Secrets are sealed in the
 * custody with everything that says what they are as additional data. Tombstones of used ids and
 * locks have no content: their presence counts.
 *
 * <pre>
 *  &lt;installation&gt;/record-key                                    the sealed HMAC key
 *  &lt;installation&gt;/pedersen/&lt;level&gt;                              own N̂, ŝ₁, ŝ₂, t̂ with prm, sealed factors
 *  &lt;installation&gt;/secret/&lt;secretId&gt;                             kind, level, N, sealed p, q and seed
 *  &lt;installation&gt;/modulus/&lt;secretId&gt;                            N with nroot and blum, for P1
 *  &lt;installation&gt;/static/&lt;secretId&gt;/&lt;role&gt;/&lt;level&gt;              I with dl, sealed i
 *  &lt;installation&gt;/pairing/&lt;secretId&gt;/&lt;role&gt;/&lt;peer&gt;              {@link com.spatium.cryptodriver.state.PairingRecord}
 *  &lt;installation&gt;/key/&lt;secretId&gt;/&lt;role&gt;/&lt;syncSessionId&gt;         {@link com.spatium.cryptodriver.state.KeyRecord}
 *  &lt;installation&gt;/pin/&lt;secretId&gt;/&lt;curve&gt;/&lt;coin&gt;/&lt;account&gt;         Q that every later synchronisation must equal
 *  &lt;installation&gt;/used/&lt;secretId&gt;/&lt;role&gt;/&lt;signSessionId&gt;        tombstone
 *  &lt;installation&gt;/locked/&lt;secretId&gt;                             LOCKED
 * </pre>
 */
@NullMarked
package com.spatium.cryptodriver.state;

import org.jspecify.annotations.NullMarked;
