/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.DerivationPath;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SignSessionId;
import com.spatium.cryptodriver.Suite;
import com.spatium.cryptodriver.SyncSessionId;
import java.util.List;
import java.util.Optional;

/**
 * The table of docs/transcript.md. Each record is a row: its components, in order, are the hashed
 * elements ({@link TranscriptElements}), so a row cannot forget a field that it has, and cannot be
 * built without one.
 *
 * <p>Numbers are the byte strings that travel: of fixed length, see {@link Widths}.
 */
public final class Transcript {
  /** Version 1 has no refresh (protocol.md §4.2). */
  public static final int GENERATION = 1;

  private Transcript() {}

  /** A row whose hash is an identifier or a commitment. */
  public sealed interface Identifier {
    /** 32 bytes. */
    default Bytes hash() {
      return TupleHash.hash(label(), TranscriptElements.of((Record) this), Widths.HASH);
    }

    Label label();
  }

  /** A row whose hash is a challenge. */
  public sealed interface Challenge {
    /** e: 16 bytes, a big-endian number below 2^128. */
    default Bytes hash() {
      return TupleHash.hash(label(), TranscriptElements.of((Record) this), Widths.CHALLENGE);
    }

    Label label();
  }

  // ---- pairing ----

  /** Context of the dl proofs of E1 and E2. */
  public record PairContext(Version version, SecurityLevel level, SecretId secretId)
      implements Identifier {
    @Override
    public Label label() {
      return Label.PAIR;
    }
  }

  /** pairingId: everything in E1 and E2. */
  public record Pairing(
      Version version,
      SecurityLevel level,
      SecretId secretId,
      Bytes n,
      NRootProof nroot,
      BlumProof blum,
      PedersenFields pedersen1,
      PrmProof prm1,
      Bytes i1,
      DlProof dl1,
      PedersenFields pedersen2,
      PrmProof prm2,
      Bytes i2,
      DlProof dl2)
      implements Identifier {
    public static PairingId id(
        PairingMessage.InitiatorParameters e1, PairingMessage.ResponderParameters e2) {
      return new PairingId(
          new Pairing(
                  Version.V1,
                  e1.level(),
                  e1.header().session().secretId(),
                  e1.n(),
                  e1.nroot(),
                  e1.blum(),
                  e1.pedersen(),
                  e1.prm(),
                  e1.i1(),
                  e1.dl(),
                  e2.pedersen(),
                  e2.prm(),
                  e2.i2(),
                  e2.dl())
              .hash());
    }

    @Override
    public Label label() {
      return Label.PAIRING;
    }
  }

  // ---- session identifiers ----

  /**
   * sid1 of a synchronisation (signSessionId, keyHash, m and authorization empty) or of a signature
   * of one message.
   */
  public record Sid1(
      Version version,
      Suite suite,
      Procedure procedure,
      SecurityLevel level,
      PairingId pairingId,
      SecretId secretId,
      SyncSessionId syncSessionId,
      Optional<SignSessionId> signSessionId,
      String curve,
      DerivationPath path,
      int generation,
      Optional<Bytes> keyHash,
      Bytes m,
      Bytes authorization,
      Bytes nonce1)
      implements Identifier {
    @Override
    public Label label() {
      return Label.SID1;
    }
  }

  /** sid1 of a batch of at least two messages. */
  public record Sid1Batch(
      Version version,
      Suite suite,
      Procedure procedure,
      SecurityLevel level,
      PairingId pairingId,
      SecretId secretId,
      SyncSessionId syncSessionId,
      String curve,
      DerivationPath path,
      int generation,
      Bytes keyHash,
      List<SignMessage.Item> items,
      Bytes nonce1)
      implements Identifier {
    public Sid1Batch {
      if (items.size() < 2) {
        throw new IllegalArgumentException("one message is not a batch");
      }
      items = List.copyOf(items);
    }

    @Override
    public Label label() {
      return Label.SID1_BATCH;
    }
  }

  /** sid. */
  public record Sid(Bytes sid1, Bytes com, Bytes nonce2) implements Identifier {
    @Override
    public Label label() {
      return Label.SID;
    }
  }

  private record Item1(Bytes sid1, int index) implements Identifier {
    @Override
    public Label label() {
      return Label.ITEM1;
    }
  }

  private record Item(Bytes sid, int index) implements Identifier {
    @Override
    public Label label() {
      return Label.ITEM;
    }
  }

  /** sid1 of a synchronisation, from S1. */
  public static Bytes sid1(SecurityLevel level, SyncMessage.KeyCommitment s1) {
    MessageHeader header = s1.header();
    Suite suite = header.suite();
    return new Sid1(
            Version.V1,
            suite,
            header.procedure(),
            level,
            s1.pairingId(),
            header.session().secretId(),
            header.session().syncSessionId().orElseThrow(),
            Optional.empty(),
            suite.curveName(),
            s1.path(),
            GENERATION,
            Optional.empty(),
            Bytes.empty(),
            Bytes.empty(),
            s1.nonce1())
        .hash();
  }

  /** sid1 of a signature or of a batch, from G1 or T1 and what is stored about the key. */
  public static Bytes sid1(
      SecurityLevel level, DerivationPath path, Bytes keyHash, SignMessage.NonceCommitment g1) {
    return sid1(level, path, keyHash, g1.header(), g1.pairingId(), g1.items(), g1.nonce1());
  }

  /** The same before the commitment exists: P1 needs sid1 to make it. */
  public static Bytes sid1(
      SecurityLevel level,
      DerivationPath path,
      Bytes keyHash,
      MessageHeader header,
      PairingId pairingId,
      List<SignMessage.Item> items,
      Bytes nonce1) {
    Suite suite = header.suite();
    SessionIds session = header.session();
    SyncSessionId syncSessionId = session.syncSessionId().orElseThrow();
    if (items.size() == 1) {
      SignMessage.Item item = items.get(0);
      return new Sid1(
              Version.V1,
              suite,
              header.procedure(),
              level,
              pairingId,
              session.secretId(),
              syncSessionId,
              Optional.of(item.signSessionId()),
              suite.curveName(),
              path,
              GENERATION,
              Optional.of(keyHash),
              item.message(),
              item.authorization(),
              nonce1)
          .hash();
    }
    return new Sid1Batch(
            Version.V1,
            suite,
            header.procedure(),
            level,
            pairingId,
            session.secretId(),
            syncSessionId,
            suite.curveName(),
            path,
            GENERATION,
            keyHash,
            items,
            nonce1)
        .hash();
  }

  /**
   * sid1_j: what stands for sid1 in the proofs and nonces of message j of n; sid1 itself if n = 1
   * (protocol.md §4.5).
   */
  public static Bytes itemSid1(Bytes sid1, int n, int index) {
    return n == 1 ? sid1 : new Item1(sid1, index).hash();
  }

  /** sid_j: the same for sid. */
  public static Bytes itemSid(Bytes sid, int n, int index) {
    return n == 1 ? sid : new Item(sid, index).hash();
  }

  // ---- keys and commitments ----

  /**
   * keyHash.
   *
   * @param cKey ECDSA alone
   */
  public record Key(Bytes q1, Bytes q2, Bytes q, Optional<Bytes> cKey) implements Identifier {
    @Override
    public Label label() {
      return Label.KEY;
    }
  }

  /** com of S1. */
  public record CommitKey(Bytes sid1, Role role, ProvenPoint key, Bytes blind)
      implements Identifier {
    @Override
    public Label label() {
      return Label.COMMIT_KEY;
    }
  }

  /** com of G1 and T1. */
  public record CommitNonce(Bytes sid1, Role role, List<ProvenPoint> nonces, Bytes blind)
      implements Identifier {
    public CommitNonce {
      nonces = List.copyOf(nonces);
    }

    @Override
    public Label label() {
      return Label.COMMIT_NONCE;
    }
  }

  // ---- challenges; context: sid, sid1, an item's, the pair context or pairingId ----

  /** e of dl. */
  public record Dl(Bytes context, Role role, String curve, Bytes x, Bytes a) implements Challenge {
    @Override
    public Label label() {
      return Label.DL;
    }
  }

  /** y_i of nroot: not a challenge but n + 16 bytes, to be reduced mod N. */
  public record NRoot(Version version, Bytes n, int index) {
    public Bytes y() {
      return TupleHash.hash(
          Label.NROOT, TranscriptElements.of(this), new Widths(n.size()).nrootY());
    }
  }

  /** Candidate y of blum: not a challenge but n + 16 bytes, to be reduced mod N. */
  public record Blum(Version version, Bytes n, int index) {
    public Bytes y() {
      return TupleHash.hash(Label.BLUM, TranscriptElements.of(this), new Widths(n.size()).nrootY());
    }
  }

  /** e of fac. */
  public record Fac(
      Bytes pairingId,
      Role role,
      Bytes n,
      Bytes nHat,
      Bytes s1,
      Bytes tHat,
      Bytes p,
      Bytes q,
      Bytes a,
      Bytes b,
      Bytes t,
      Bytes sigma)
      implements Challenge {
    @Override
    public Label label() {
      return Label.FAC;
    }
  }

  /** The 128 bits of prm: bit j is bit (j mod 8) of byte j/8. */
  public record Prm(Version version, SecurityLevel level, PedersenFields pedersen, Bytes a)
      implements Challenge {
    @Override
    public Label label() {
      return Label.PRM;
    }
  }

  /** e of encdl. */
  public record EncDl(
      Bytes context,
      Role role,
      Bytes n,
      Bytes c,
      Bytes x,
      Bytes nHat,
      Bytes s1,
      Bytes tHat,
      Bytes s,
      Bytes a,
      Bytes y,
      Bytes d)
      implements Challenge {
    @Override
    public Label label() {
      return Label.ENCDL;
    }
  }

  /** e of aff. */
  public record Aff(
      Bytes context,
      Role role,
      Bytes n,
      Bytes cKey,
      Bytes c3,
      Bytes r2,
      Bytes r,
      Bytes q2,
      Bytes m,
      PedersenFields pedersen,
      Bytes s,
      Bytes e,
      Bytes d,
      Bytes fa,
      Bytes fb)
      implements Challenge {
    @Override
    public Label label() {
      return Label.AFF;
    }
  }
}
