/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/**
 * One message of each kind with reproducible content of the right lengths; the content is not
 * meaningful.
 */
final class WireSamples {
  static final SecurityLevel LEVEL = SecurityLevel.BITS_112;
  static final SecretId SECRET = SecretId.of("11111111-2222-4333-8444-555555555555");
  static final SyncSessionId SYNC = SyncSessionId.of("66666666-7777-4888-9999-aaaaaaaaaaaa");

  private final Widths widths;
  private final SecurityLevel level;
  private int counter;

  private WireSamples(SecurityLevel level) {
    this.level = level;
    this.widths = new Widths(level.modulusBytes());
  }

  static SignSessionId signId(int number) {
    return SignSessionId.of("bbbbbbbb-cccc-4ddd-8eee-%012d".formatted(number));
  }

  /** All, by name; "batch" is of three messages. */
  static Map<String, WireMessage> all(SecurityLevel level) {
    WireSamples samples = new WireSamples(level);
    Map<String, WireMessage> all = new LinkedHashMap<>();
    samples.pairing(all);
    samples.sync(all, Procedure.SYNC_ECDSA, "ecdsa");
    samples.sync(all, Procedure.SYNC_EDDSA, "eddsa");
    samples.sign(all, Procedure.SIGN_ECDSA, "", 1);
    samples.sign(all, Procedure.SIGN_EDDSA, "", 1);
    samples.sign(all, Procedure.SIGN_ECDSA, "-batch", 3);
    samples.sign(all, Procedure.SIGN_EDDSA, "-batch", 3);
    return all;
  }

  static Map<String, WireMessage> all() {
    return all(LEVEL);
  }

  static WireMessage sample(String name) {
    WireMessage message = all().get(name);
    if (message == null) {
      throw new IllegalArgumentException("no sample " + name);
    }
    return message;
  }

  static Expected expected(WireMessage message) {
    return new Expected(message.header(), LEVEL, items(message));
  }

  private static int items(WireMessage message) {
    if (message instanceof SignMessage.NonceCommitment m) {
      return m.items().size();
    } else if (message instanceof SignMessage.NonceShare m) {
      return m.nonces().size();
    } else if (message instanceof SignMessage.NonceOpening m) {
      return m.nonces().size();
    } else if (message instanceof SignMessage.EncryptedPartialSignature m) {
      return m.items().size();
    } else if (message instanceof SignMessage.PartialSignature m) {
      return m.s2().size();
    } else if (message instanceof SignMessage.FinalSignature m) {
      return m.signatures().size();
    }
    return 1;
  }

  private Bytes fill(int length) {
    return fill(length, "spatium wire sample " + counter++);
  }

  private static Bytes fill(int length, String name) {
    SHAKEDigest shake = new SHAKEDigest(128);
    byte[] seed = name.getBytes(StandardCharsets.US_ASCII);
    shake.update(seed, 0, seed.length);
    byte[] out = new byte[length];
    shake.doFinal(out, 0, length);
    return Bytes.of(out);
  }

  private DlProof dl(Suite suite) {
    return new DlProof(fill(suite.pointLength()), fill(32));
  }

  private ProvenPoint proven(Suite suite) {
    return new ProvenPoint(fill(suite.pointLength()), dl(suite));
  }

  private PedersenFields pedersen() {
    return new PedersenFields(
        fill(widths.n()), fill(widths.n()), fill(widths.n()), fill(widths.n()));
  }

  private PrmProof prm() {
    return new PrmProof(fill(widths.prmVector()), fill(widths.prmVector()));
  }

  private void pairing(Map<String, WireMessage> all) {
    SessionIds ids = SessionIds.pairing(SECRET);
    PairingId id = new PairingId(fill(32));
    all.put(
        "e1",
        new PairingMessage.InitiatorParameters(
            new MessageHeader(Procedure.PAIR, 1, ids),
            level,
            fill(widths.n()),
            new NRootProof(fill(widths.nrootSigma())),
            new BlumProof(fill(widths.blumSigma(), "spatium wire sample blum")),
            pedersen(),
            prm(),
            fill(32),
            dl(Suite.EDDSA_ED25519)));
    all.put(
        "e2",
        new PairingMessage.ResponderParameters(
            new MessageHeader(Procedure.PAIR, 2, ids),
            pedersen(),
            prm(),
            fill(32),
            dl(Suite.EDDSA_ED25519)));
    FacProof fac =
        new FacProof(
            fill(widths.n()),
            fill(widths.n()),
            fill(widths.n()),
            fill(widths.n()),
            fill(widths.n()),
            fill(widths.facSigma()),
            fill(widths.facZ()),
            fill(widths.facZ()),
            fill(widths.masked()),
            fill(widths.masked()),
            fill(widths.facV()));
    all.put(
        "e3", new PairingMessage.FactorProof(new MessageHeader(Procedure.PAIR, 3, ids), id, fac));
    all.put(
        "e4",
        new PairingMessage.PairingAcknowledgement(new MessageHeader(Procedure.PAIR, 4, ids), id));
  }

  private void sync(Map<String, WireMessage> all, Procedure procedure, String suffix) {
    SessionIds ids = SessionIds.sync(SECRET, SYNC);
    Suite suite = procedure == Procedure.SYNC_ECDSA ? Suite.ECDSA_SECP256K1 : Suite.EDDSA_ED25519;
    all.put(
        "s1-" + suffix,
        new SyncMessage.KeyCommitment(
            new MessageHeader(procedure, 1, ids),
            new PairingId(fill(32)),
            new DerivationPath(60, Integer.MAX_VALUE),
            fill(32),
            fill(32)));
    all.put(
        "s2-" + suffix,
        new SyncMessage.KeyShare(new MessageHeader(procedure, 2, ids), fill(32), proven(suite)));
    Optional<SyncMessage.EncryptedKey> key =
        procedure == Procedure.SYNC_EDDSA
            ? Optional.empty()
            : Optional.of(
                new SyncMessage.EncryptedKey(
                    fill(widths.n2()),
                    new EncDlProof(
                        fill(widths.n()),
                        fill(widths.n2()),
                        fill(33),
                        fill(widths.n()),
                        fill(Widths.Z1),
                        fill(widths.n()),
                        fill(widths.masked()))));
    all.put(
        "s3-" + suffix,
        new SyncMessage.KeyOpening(
            new MessageHeader(procedure, 3, ids), proven(suite), fill(32), key));
    all.put(
        "s4-" + suffix,
        new SyncMessage.KeyConfirmation(new MessageHeader(procedure, 4, ids), fill(64)));
    all.put(
        "s5-" + suffix,
        new SyncMessage.KeyConfirmation(new MessageHeader(procedure, 5, ids), fill(64)));
  }

  private void sign(Map<String, WireMessage> all, Procedure procedure, String suffix, int n) {
    boolean ecdsa = procedure == Procedure.SIGN_ECDSA;
    String letter = ecdsa ? "g" : "t";
    Suite suite = ecdsa ? Suite.ECDSA_SECP256K1 : Suite.EDDSA_ED25519;
    SessionIds ids = SessionIds.sign(SECRET, SYNC, signId(0));
    List<SignMessage.Item> items = new ArrayList<>();
    List<ProvenPoint> points = new ArrayList<>();
    List<SignMessage.EncryptedPartial> encrypted = new ArrayList<>();
    List<Bytes> partials = new ArrayList<>();
    List<SignMessage.SignatureValues> signatures = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      items.add(new SignMessage.Item(signId(i), fill(ecdsa ? 32 : 100 * i), fill(7 * i)));
      points.add(proven(suite));
      encrypted.add(
          new SignMessage.EncryptedPartial(
              fill(widths.n2()),
              new AffProof(
                  fill(widths.n()),
                  fill(widths.n()),
                  fill(widths.n2()),
                  fill(33),
                  fill(33),
                  fill(Widths.Z1),
                  fill(Widths.AFF_Z2),
                  fill(widths.masked()),
                  fill(widths.n()))));
      partials.add(fill(32));
      signatures.add(new SignMessage.SignatureValues(fill(32), fill(32)));
    }
    all.put(
        letter + "1" + suffix,
        new SignMessage.NonceCommitment(
            new MessageHeader(procedure, 1, ids),
            new PairingId(fill(32)),
            items,
            fill(32),
            fill(32)));
    MessageHeader second = new MessageHeader(procedure, 2, ids);
    all.put(letter + "2" + suffix, new SignMessage.NonceShare(second, fill(32), points));
    all.put(
        letter + "2" + suffix + "-refusal",
        new SignMessage.Refusal(second, "daily limit of 5 € reached"));
    all.put(
        letter + "3" + suffix,
        new SignMessage.NonceOpening(new MessageHeader(procedure, 3, ids), points, fill(32)));
    MessageHeader fourth = new MessageHeader(procedure, 4, ids);
    all.put(
        letter + "4" + suffix,
        ecdsa
            ? new SignMessage.EncryptedPartialSignature(fourth, encrypted)
            : new SignMessage.PartialSignature(fourth, partials));
    all.put(
        letter + "5" + suffix,
        new SignMessage.FinalSignature(new MessageHeader(procedure, 5, ids), signatures));
  }
}
