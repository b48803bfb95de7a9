/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerFaultException;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.SyncSessionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads messages: the fields of the round in order, each of its exact length, then compares with
 * its own encoding.
 */
final class WireDecoder {
  private static final String UNKNOWN_STEP = "message";

  private final CborReader in;
  private final MessageHeader header;

  private WireDecoder(CborReader in, MessageHeader header) {
    this.in = in;
    this.header = header;
  }

  static MessageHeader peek(Bytes message) {
    return reading(UNKNOWN_STEP, message, WireDecoder::header);
  }

  static WireMessage decodeFirst(Bytes message) {
    MessageHeader first = peek(message);
    if (first.round() != 1) {
      throw PeerFaultException.refuse(first.step(), "no session waits for this message");
    }
    // Only E1 has lengths that depend on the level, and it names the level.
    return decode(message, first, Optional.empty(), Optional.empty());
  }

  static WireMessage decode(Bytes message, Expected expected) {
    String step = expected.header().step();
    MessageHeader found = reading(step, message, WireDecoder::header);
    if (!found.session().equals(expected.header().session())
        || found.procedure() != expected.header().procedure()) {
      throw PeerFaultException.refuse(step, "the message belongs to another session");
    }
    if (found.round() != expected.header().round()) {
      throw PeerFaultException.refuse(step, "the message is of step " + found.step());
    }
    return decode(message, found, Optional.of(expected.level()), Optional.of(expected.items()));
  }

  private static WireMessage decode(
      Bytes message, MessageHeader header, Optional<SecurityLevel> level, Optional<Integer> items) {
    String step = header.step();
    WireMessage decoded =
        reading(
            step,
            message,
            in -> {
              header(in);
              WireMessage content = new WireDecoder(in, header).message(level, items);
              in.endObject();
              return content;
            });
    if (!Arrays.equals(WireEncoder.encode(decoded), message.toByteArray())) {
      throw PeerFaultException.refuse(step, "the message is not in its one canonical form");
    }
    return decoded;
  }

  private interface Reading<T> {
    T read(CborReader in) throws CborReader.Refused;
  }

  private static <T> T reading(String step, Bytes message, Reading<T> reading) {
    if (message.size() > WireCodec.MAX_MESSAGE) {
      throw PeerFaultException.refuse(step, "the message is longer than 1 MiB");
    }
    try (CborReader in = new CborReader(message.toByteArray())) {
      return reading.read(in);
    } catch (CborReader.Refused e) {
      throw PeerFaultException.refuse(step, String.valueOf(e.getMessage()));
    }
  }

  private static MessageHeader header(CborReader in) throws CborReader.Refused {
    in.startObject();
    in.key(WireEncoder.VERSION);
    if (in.number() != Version.V1.number()) {
      throw new CborReader.Refused("unknown version");
    }
    in.key(WireEncoder.PROCEDURE);
    Procedure procedure = procedure(in.number());
    in.key(WireEncoder.ROUND);
    long round = in.number();
    if (round < 1 || round > MessageHeader.rounds(procedure)) {
      throw new CborReader.Refused("unknown round");
    }
    in.key(WireEncoder.SENDER);
    long sender = in.number();
    in.key(WireEncoder.SECRET_ID);
    SecretId secretId = new SecretId(in.uuid());
    Optional<SyncSessionId> syncSessionId = Optional.empty();
    Optional<SignSessionId> signSessionId = Optional.empty();
    if (procedure != Procedure.PAIR) {
      in.key(WireEncoder.SYNC_SESSION_ID);
      syncSessionId = Optional.of(new SyncSessionId(in.uuid()));
    }
    if (MessageHeader.isSignature(procedure)) {
      in.key(WireEncoder.SIGN_SESSION_ID);
      signSessionId = Optional.of(new SignSessionId(in.uuid()));
    }
    MessageHeader header =
        new MessageHeader(
            procedure, (int) round, new SessionIds(secretId, syncSessionId, signSessionId));
    if (sender != header.sender().number()) {
      throw new CborReader.Refused("this round is not the sender's");
    }
    return header;
  }

  private static Procedure procedure(long number) throws CborReader.Refused {
    for (Procedure procedure : Procedure.values()) {
      if (procedure.number() == number) {
        return procedure;
      }
    }
    throw new CborReader.Refused("unknown procedure");
  }

  private WireMessage message(Optional<SecurityLevel> level, Optional<Integer> items)
      throws CborReader.Refused {
    return switch (header.procedure()) {
      case PAIR -> header.round() == 1 ? e1() : pairing(widths(level));
      case SYNC_ECDSA, SYNC_EDDSA -> header.round() == 1 ? s1() : sync(level);
      case SIGN_ECDSA, SIGN_EDDSA -> header.round() == 1 ? g1() : sign(level, items.orElseThrow());
    };
  }

  private static Widths widths(Optional<SecurityLevel> level) {
    return new Widths(level.orElseThrow().modulusBytes());
  }

  // ---- pairing ----

  private PairingMessage e1() throws CborReader.Refused {
    in.key(10);
    SecurityLevel level = level(in.number());
    Widths widths = new Widths(level.modulusBytes());
    Bytes n = field(11, widths.n());
    NRootProof nroot = new NRootProof(field(12, widths.nrootSigma()));
    PedersenFields pedersen = pedersen(13, widths);
    PrmProof prm = prm(14, widths);
    Bytes i1 = field(15, header.suite().pointLength());
    DlProof dl = dl(16);
    BlumProof blum = new BlumProof(field(17, widths.blumSigma()));
    return new PairingMessage.InitiatorParameters(
        header, level, n, nroot, blum, pedersen, prm, i1, dl);
  }

  private static SecurityLevel level(long bits) throws CborReader.Refused {
    for (SecurityLevel level : SecurityLevel.values()) {
      if (level.bits() == bits) {
        return level;
      }
    }
    throw new CborReader.Refused("unknown security level");
  }

  private PairingMessage pairing(Widths widths) throws CborReader.Refused {
    return switch (header.round()) {
      case 2 -> {
        PedersenFields pedersen = pedersen(10, widths);
        PrmProof prm = prm(11, widths);
        Bytes i2 = field(12, header.suite().pointLength());
        yield new PairingMessage.ResponderParameters(header, pedersen, prm, i2, dl(13));
      }
      case 3 -> {
        PairingId pairingId = new PairingId(field(10, Widths.HASH));
        in.key(11);
        in.startArray();
        FacProof fac =
            new FacProof(
                in.bytes(widths.n()),
                in.bytes(widths.n()),
                in.bytes(widths.n()),
                in.bytes(widths.n()),
                in.bytes(widths.n()),
                in.bytes(widths.facSigma()),
                in.bytes(widths.facZ()),
                in.bytes(widths.facZ()),
                in.bytes(widths.masked()),
                in.bytes(widths.masked()),
                in.bytes(widths.facV()));
        in.endArray();
        yield new PairingMessage.FactorProof(header, pairingId, fac);
      }
      default ->
          new PairingMessage.PairingAcknowledgement(header, new PairingId(field(10, Widths.HASH)));
    };
  }

  private PedersenFields pedersen(int key, Widths widths) throws CborReader.Refused {
    in.key(key);
    in.startArray();
    PedersenFields fields =
        new PedersenFields(
            in.bytes(widths.n()), in.bytes(widths.n()), in.bytes(widths.n()), in.bytes(widths.n()));
    in.endArray();
    return fields;
  }

  private PrmProof prm(int key, Widths widths) throws CborReader.Refused {
    in.key(key);
    in.startArray();
    PrmProof prm = new PrmProof(in.bytes(widths.prmVector()), in.bytes(widths.prmVector()));
    in.endArray();
    return prm;
  }

  private DlProof dl(int key) throws CborReader.Refused {
    in.key(key);
    in.startArray();
    DlProof dl = new DlProof(in.bytes(header.suite().pointLength()), in.bytes(Widths.SCALAR));
    in.endArray();
    return dl;
  }

  // ---- synchronisation ----

  private SyncMessage s1() throws CborReader.Refused {
    PairingId pairingId = new PairingId(field(10, Widths.HASH));
    in.key(11);
    long coin = index();
    in.key(12);
    long account = index();
    Bytes nonce1 = field(13, Widths.HASH);
    return new SyncMessage.KeyCommitment(
        header, pairingId, new DerivationPath(coin, account), nonce1, field(14, Widths.HASH));
  }

  /** Of a path: below 2^31. */
  private long index() throws CborReader.Refused {
    long index = in.number();
    if (index < 0 || index > Integer.MAX_VALUE) {
      throw new CborReader.Refused("coin or account is out of range");
    }
    return index;
  }

  private SyncMessage sync(Optional<SecurityLevel> level) throws CborReader.Refused {
    return switch (header.round()) {
      case 2 -> {
        Bytes nonce2 = field(10, Widths.HASH);
        in.key(11);
        yield new SyncMessage.KeyShare(header, nonce2, provenPoint());
      }
      case 3 -> {
        in.key(10);
        ProvenPoint key = provenPoint();
        Bytes blind = field(11, Widths.HASH);
        Optional<SyncMessage.EncryptedKey> encryptedKey =
            header.procedure() == Procedure.SYNC_ECDSA
                ? Optional.of(encryptedKey(widths(level)))
                : Optional.empty();
        yield new SyncMessage.KeyOpening(header, key, blind, encryptedKey);
      }
      default -> new SyncMessage.KeyConfirmation(header, field(10, Widths.MAC));
    };
  }

  private SyncMessage.EncryptedKey encryptedKey(Widths widths) throws CborReader.Refused {
    Bytes cKey = field(12, widths.n2());
    in.key(13);
    in.startArray();
    EncDlProof encdl =
        new EncDlProof(
            in.bytes(widths.n()),
            in.bytes(widths.n2()),
            in.bytes(header.suite().pointLength()),
            in.bytes(widths.n()),
            in.bytes(Widths.Z1),
            in.bytes(widths.n()),
            in.bytes(widths.masked()));
    in.endArray();
    return new SyncMessage.EncryptedKey(cKey, encdl);
  }

  // ---- signature ----

  private SignMessage g1() throws CborReader.Refused {
    PairingId pairingId = new PairingId(field(10, Widths.HASH));
    in.key(11);
    in.startArray();
    List<SignMessage.Item> items = new ArrayList<>();
    while (!in.tryEndArray()) {
      if (items.size() == SignMessage.MAX_ITEMS) {
        throw new CborReader.Refused("a batch has at most 64 messages");
      }
      in.startArray();
      SignSessionId signSessionId = new SignSessionId(in.uuid());
      Bytes message =
          header.procedure() == Procedure.SIGN_ECDSA
              ? in.bytes(Widths.HASH)
              : in.bytes(0, SignRequest.MAX_MESSAGE);
      Bytes authorization = in.bytes(0, SignRequest.MAX_AUTHORIZATION);
      in.endArray();
      items.add(new SignMessage.Item(signSessionId, message, authorization));
    }
    Bytes nonce1 = field(12, Widths.HASH);
    Bytes com = field(13, Widths.HASH);
    try {
      return new SignMessage.NonceCommitment(header, pairingId, items, nonce1, com);
    } catch (IllegalArgumentException e) {
      throw new CborReader.Refused(String.valueOf(e.getMessage()));
    }
  }

  private SignMessage sign(Optional<SecurityLevel> level, int items) throws CborReader.Refused {
    return switch (header.round()) {
      case 2 -> g2(items);
      case 3 -> {
        in.key(10);
        List<ProvenPoint> nonces = list(items, this::provenPoint);
        yield new SignMessage.NonceOpening(header, nonces, field(11, Widths.HASH));
      }
      case 4 -> {
        in.key(10);
        if (header.procedure() == Procedure.SIGN_EDDSA) {
          yield new SignMessage.PartialSignature(
              header, list(items, () -> in.bytes(Widths.SCALAR)));
        }
        Widths widths = widths(level);
        yield new SignMessage.EncryptedPartialSignature(
            header, list(items, () -> encryptedPartial(widths)));
      }
      default -> {
        in.key(10);
        yield new SignMessage.FinalSignature(header, list(items, this::signature));
      }
    };
  }

  private SignMessage g2(int items) throws CborReader.Refused {
    in.nextKey();
    if (in.isAtKey(WireEncoder.REASON)) {
      try {
        return new SignMessage.Refusal(header, in.text());
      } catch (IllegalArgumentException e) {
        throw new CborReader.Refused(String.valueOf(e.getMessage()));
      }
    }
    in.requireKey(10);
    Bytes nonce2 = in.bytes(Widths.HASH);
    in.key(11);
    return new SignMessage.NonceShare(header, nonce2, list(items, this::provenPoint));
  }

  private SignMessage.EncryptedPartial encryptedPartial(Widths widths) throws CborReader.Refused {
    int point = header.suite().pointLength();
    in.startArray();
    Bytes c3 = in.bytes(widths.n2());
    in.startArray();
    AffProof aff =
        new AffProof(
            in.bytes(widths.n()),
            in.bytes(widths.n()),
            in.bytes(widths.n2()),
            in.bytes(point),
            in.bytes(point),
            in.bytes(Widths.Z1),
            in.bytes(Widths.AFF_Z2),
            in.bytes(widths.masked()),
            in.bytes(widths.n()));
    in.endArray();
    in.endArray();
    return new SignMessage.EncryptedPartial(c3, aff);
  }

  private SignMessage.SignatureValues signature() throws CborReader.Refused {
    in.startArray();
    var values = new SignMessage.SignatureValues(in.bytes(Widths.HASH), in.bytes(Widths.SCALAR));
    in.endArray();
    return values;
  }

  // ---- common ----

  private interface Element<T> {
    T read() throws CborReader.Refused;
  }

  /** Exactly as many as the first message announced. */
  private <T> List<T> list(int items, Element<T> element) throws CborReader.Refused {
    List<T> list = new ArrayList<>();
    in.startArray();
    for (int i = 0; i < items; i++) {
      list.add(element.read());
    }
    in.endArray();
    return list;
  }

  private Bytes field(int key, int length) throws CborReader.Refused {
    in.key(key);
    return in.bytes(length);
  }

  private ProvenPoint provenPoint() throws CborReader.Refused {
    int point = header.suite().pointLength();
    in.startArray();
    ProvenPoint read =
        new ProvenPoint(in.bytes(point), new DlProof(in.bytes(point), in.bytes(Widths.SCALAR)));
    in.endArray();
    return read;
  }
}
