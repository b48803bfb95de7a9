/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.SignSessionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes messages. Keys ascend and lengths are definite, which with shortest heads is the core
 * deterministic encoding.
 */
final class WireEncoder {
  static final int VERSION = 1;
  static final int PROCEDURE = 2;
  static final int ROUND = 3;
  static final int SENDER = 4;
  static final int SECRET_ID = 5;
  static final int SYNC_SESSION_ID = 6;
  static final int SIGN_SESSION_ID = 7;

  /** The first key of a message's own fields. */
  static final int FIELDS = 10;

  /** Key of a refusal's reason: no other message of its round has it. */
  static final int REASON = 20;

  private static final CBORFactory FACTORY = CBORFactory.builder().build();

  private final CBORGenerator out;

  private WireEncoder(CBORGenerator out) {
    this.out = out;
  }

  static byte[] encode(WireMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator out = FACTORY.createGenerator(bytes)) {
      new WireEncoder(out).message(message);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private void message(WireMessage message) throws IOException {
    if (message instanceof PairingMessage pairing) {
      pairing(pairing);
    } else if (message instanceof SyncMessage sync) {
      sync(sync);
    } else if (message instanceof SignMessage sign) {
      sign(sign);
    }
    out.writeEndObject();
  }

  private void pairing(PairingMessage message) throws IOException {
    if (message instanceof PairingMessage.InitiatorParameters e1) {
      start(e1.header(), 8);
      key(10);
      out.writeNumber(e1.level().bits());
      field(11, e1.n());
      field(12, e1.nroot().sigma());
      key(13);
      pedersen(e1.pedersen());
      key(14);
      array(e1.prm().a(), e1.prm().z());
      field(15, e1.i1());
      key(16);
      array(e1.dl().a(), e1.dl().z());
      field(17, e1.blum().sigma());
    } else if (message instanceof PairingMessage.ResponderParameters e2) {
      start(e2.header(), 4);
      key(10);
      pedersen(e2.pedersen());
      key(11);
      array(e2.prm().a(), e2.prm().z());
      field(12, e2.i2());
      key(13);
      array(e2.dl().a(), e2.dl().z());
    } else if (message instanceof PairingMessage.FactorProof e3) {
      start(e3.header(), 2);
      field(10, e3.pairingId().value());
      key(11);
      FacProof f = e3.fac();
      array(f.p(), f.q(), f.a(), f.b(), f.t(), f.sigma(), f.z1(), f.z2(), f.w1(), f.w2(), f.v());
    } else if (message instanceof PairingMessage.PairingAcknowledgement e4) {
      start(e4.header(), 1);
      field(10, e4.pairingId().value());
    }
  }

  private void sync(SyncMessage message) throws IOException {
    if (message instanceof SyncMessage.KeyCommitment s1) {
      start(s1.header(), 5);
      field(10, s1.pairingId().value());
      key(11);
      out.writeNumber(s1.path().coin());
      key(12);
      out.writeNumber(s1.path().account());
      field(13, s1.nonce1());
      field(14, s1.com());
    } else if (message instanceof SyncMessage.KeyShare s2) {
      start(s2.header(), 2);
      field(10, s2.nonce2());
      key(11);
      provenPoint(s2.key());
    } else if (message instanceof SyncMessage.KeyOpening s3) {
      start(s3.header(), s3.encryptedKey().isPresent() ? 4 : 2);
      key(10);
      provenPoint(s3.key());
      field(11, s3.blind());
      if (s3.encryptedKey().isPresent()) {
        SyncMessage.EncryptedKey encrypted = s3.encryptedKey().get();
        field(12, encrypted.cKey());
        key(13);
        EncDlProof f = encrypted.encdl();
        array(f.s(), f.a(), f.y(), f.d(), f.z1(), f.z2(), f.z3());
      }
    } else if (message instanceof SyncMessage.KeyConfirmation s45) {
      start(s45.header(), 1);
      field(10, s45.mac());
    }
  }

  private void sign(SignMessage message) throws IOException {
    if (message instanceof SignMessage.NonceCommitment g1) {
      start(g1.header(), 4);
      field(10, g1.pairingId().value());
      key(11);
      out.writeStartArray(null, g1.items().size());
      for (SignMessage.Item item : g1.items()) {
        array(item.signSessionId().bytes(), item.message(), item.authorization());
      }
      out.writeEndArray();
      field(12, g1.nonce1());
      field(13, g1.com());
    } else if (message instanceof SignMessage.NonceShare g2) {
      start(g2.header(), 2);
      field(10, g2.nonce2());
      key(11);
      provenPoints(g2.nonces());
    } else if (message instanceof SignMessage.Refusal refusal) {
      start(refusal.header(), 1);
      key(REASON);
      byte[] utf8 = refusal.reason().getBytes(StandardCharsets.UTF_8);
      out.writeUTF8String(utf8, 0, utf8.length);
    } else if (message instanceof SignMessage.NonceOpening g3) {
      start(g3.header(), 2);
      key(10);
      provenPoints(g3.nonces());
      field(11, g3.blind());
    } else if (message instanceof SignMessage.EncryptedPartialSignature g4) {
      start(g4.header(), 1);
      key(10);
      out.writeStartArray(null, g4.items().size());
      for (SignMessage.EncryptedPartial item : g4.items()) {
        out.writeStartArray(null, 2);
        bytes(item.c3());
        AffProof f = item.aff();
        array(f.s(), f.e(), f.d(), f.fa(), f.fb(), f.z1(), f.z2(), f.z3(), f.w());
        out.writeEndArray();
      }
      out.writeEndArray();
    } else if (message instanceof SignMessage.PartialSignature t4) {
      start(t4.header(), 1);
      key(10);
      array(t4.s2().toArray(new Bytes[0]));
    } else if (message instanceof SignMessage.FinalSignature g5) {
      start(g5.header(), 1);
      key(10);
      out.writeStartArray(null, g5.signatures().size());
      for (SignMessage.SignatureValues signature : g5.signatures()) {
        array(signature.r(), signature.s());
      }
      out.writeEndArray();
    }
  }

  /** Map head and header. */
  private void start(MessageHeader header, int fields) throws IOException {
    SessionIds session = header.session();
    int ids =
        1
            + (session.syncSessionId().isPresent() ? 1 : 0)
            + (session.signSessionId().isPresent() ? 1 : 0);
    out.writeStartObject(null, 4 + ids + fields);
    key(VERSION);
    out.writeNumber(Version.V1.number());
    key(PROCEDURE);
    out.writeNumber(header.procedure().number());
    key(ROUND);
    out.writeNumber(header.round());
    key(SENDER);
    out.writeNumber(header.sender().number());
    field(SECRET_ID, session.secretId().bytes());
    if (session.syncSessionId().isPresent()) {
      field(SYNC_SESSION_ID, session.syncSessionId().get().bytes());
    }
    if (session.signSessionId().isPresent()) {
      field(SIGN_SESSION_ID, session.signSessionId().map(SignSessionId::bytes).get());
    }
  }

  private void key(int key) throws IOException {
    out.writeFieldId(key);
  }

  private void field(int key, Bytes value) throws IOException {
    key(key);
    bytes(value);
  }

  private void bytes(Bytes value) throws IOException {
    out.writeBinary(value.toByteArray());
  }

  private void array(Bytes... values) throws IOException {
    out.writeStartArray(null, values.length);
    for (Bytes value : values) {
      bytes(value);
    }
    out.writeEndArray();
  }

  private void pedersen(PedersenFields fields) throws IOException {
    array(fields.n(), fields.s1(), fields.s2(), fields.t());
  }

  private void provenPoint(ProvenPoint point) throws IOException {
    array(point.point(), point.dl().a(), point.dl().z());
  }

  private void provenPoints(List<ProvenPoint> points) throws IOException {
    out.writeStartArray(null, points.size());
    for (ProvenPoint point : points) {
      provenPoint(point);
    }
    out.writeEndArray();
  }
}
