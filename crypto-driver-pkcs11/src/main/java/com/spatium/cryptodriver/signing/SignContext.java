/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.proof.Dl;
import com.spatium.cryptodriver.proof.PedersenParameters;
import com.spatium.cryptodriver.proof.ProofContext;
import com.spatium.cryptodriver.round.Session;
import com.spatium.cryptodriver.state.DriverState;
import com.spatium.cryptodriver.state.KeyRecord;
import com.spatium.cryptodriver.state.Lease;
import com.spatium.cryptodriver.state.PairingRecord;
import com.spatium.cryptodriver.state.SessionNonces;
import com.spatium.cryptodriver.wire.Expected;
import com.spatium.cryptodriver.wire.MacInputs;
import com.spatium.cryptodriver.wire.MacInputs.NoncePurpose;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.cryptodriver.wire.SignMessage.Item;
import com.spatium.cryptodriver.wire.Transcript;
import com.spatium.ecmath.Curve;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What both roles of a signature know and do.
 *
 * @param key ACTIVE, and checked against our secret
 * @param pairing ACTIVE, the key's
 * @param items what is signed
 */
public record SignContext(Session session, KeyRecord key, PairingRecord pairing, List<Item> items) {
  public EcMath ecmath() {
    return session.ecmath();
  }

  public DriverState state() {
    return session.state();
  }

  public Curve curve() {
    return session.curve();
  }

  public SecretId secretId() {
    return key.secretId();
  }

  public int count() {
    return items.size();
  }

  public Expected expect(int round) {
    return session.expect(round, pairing.level(), count());
  }

  /** Our x or a. */
  public Lease<SecretScalar> fragment() {
    return state().unsealed().fragment(key.secretId(), key.suite(), key.path());
  }

  /** Our N̂, ŝ₁, ŝ₂, t̂. */
  public PedersenParameters ownParameters() {
    return state().installation().find(pairing.level()).orElseThrow().pedersen();
  }

  /** sid_j (§4.5); sid itself for one message. */
  public Bytes itemSid(Bytes sid, int j) {
    return Transcript.itemSid(sid, count(), j);
  }

  Bytes itemSid1(Bytes sid1, int j) {
    return Transcript.itemSid1(sid1, count(), j);
  }

  /** sid1_j for P1's nonces, sid_j for P2's. */
  private Bytes itemId(Role maker, Bytes sidOrSid1, int j) {
    return maker == Role.INITIATOR ? itemSid1(sidOrSid1, j) : itemSid(sidOrSid1, j);
  }

  /**
   * Our fresh nonces, one for each message (§4.4), with the proofs that we know them.
   *
   * @param id sid1 for P1, sid for P2
   */
  public OwnNonces freshNonces(Bytes id) {
    SessionNonces source = nonceSource();
    List<SecretScalar> k = draw(source, id, 0);
    return prove(source, id, k, points(k));
  }

  /** For all nonces of the session. One token operation. */
  public SessionNonces nonceSource() {
    return session.scope().keep(state().newNonces());
  }

  /** k_j for all j from the first, kept by the session's scope. */
  public List<SecretScalar> draw(SessionNonces source, Bytes id, int first) {
    NoncePurpose purpose = session.role() == Role.INITIATOR ? NoncePurpose.K1 : NoncePurpose.K2;
    List<SecretScalar> k = new ArrayList<>();
    try (Lease<SecretScalar> fragment = fragment()) {
      for (int j = first; j < count(); j++) {
        Bytes itemId = itemId(session.role(), id, j);
        Bytes context = MacInputs.context(itemId, items.get(j).message());
        k.add(session.scope().keep(source.fresh(curve(), purpose, fragment.get(), context, j)));
      }
    }
    return k;
  }

  /** k·G of each. */
  public List<Bytes> points(List<SecretScalar> k) {
    return k.isEmpty() ? List.of() : Arrays.stream(curve().mulBase(k)).map(Bytes::of).toList();
  }

  /** All our nonces, with the proofs that we know them. */
  public OwnNonces prove(SessionNonces source, Bytes id, List<SecretScalar> k, List<Bytes> points) {
    Dl dl = new Dl(ecmath(), source);
    List<ProvenPoint> proven = new ArrayList<>();
    for (int j = 0; j < count(); j++) {
      ProofContext context = new ProofContext(itemId(session.role(), id, j), session.role());
      Dl.Statement statement = new Dl.Statement(key.suite(), points.get(j));
      proven.add(new ProvenPoint(points.get(j), dl.prove(context, statement, k.get(j))));
    }
    return new OwnNonces(k, proven);
  }

  /** The peer's proofs for its nonces. */
  void verifyNonces(String step, Bytes id, List<ProvenPoint> points) {
    Role maker = session.role().other();
    for (int j = 0; j < count(); j++) {
      ProofContext context = new ProofContext(itemId(maker, id, j), maker);
      session.verifyDl(step, context, key.suite(), points.get(j).point(), points.get(j).dl());
    }
  }
}
