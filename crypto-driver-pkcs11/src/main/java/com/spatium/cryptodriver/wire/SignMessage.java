/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.wire;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.Exchange.Procedure;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.SignSessionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * protocol.md §4.3, §4.5 and §5: a single signature is a list of one. Lists are never empty, and as
 * long as the first one.
 */
public sealed interface SignMessage extends WireMessage {
  int MAX_ITEMS = 64;

  private static void require(MessageHeader header, int round) {
    WireMessage.requireRound(header, MessageHeader.isSignature(header.procedure()), round);
  }

  private static <T> List<T> items(List<T> items) {
    if (items.isEmpty() || items.size() > MAX_ITEMS) {
      throw new IllegalArgumentException("a batch has 1 to 64 messages");
    }
    return List.copyOf(items);
  }

  /**
   * What is to be signed.
   *
   * @param message m: the digest of 32 bytes (ECDSA) or the message (EdDSA)
   */
  record Item(SignSessionId signSessionId, Bytes message, Bytes authorization) {}

  /**
   * G1, T1.
   *
   * @param items with different ids; the first id is the header's
   * @param com commitment to all R1_j and their dl
   */
  record NonceCommitment(
      MessageHeader header, PairingId pairingId, List<Item> items, Bytes nonce1, Bytes com)
      implements SignMessage {
    public NonceCommitment {
      require(header, 1);
      items = SignMessage.items(items);
      Set<SignSessionId> ids = new HashSet<>();
      for (Item item : items) {
        if (!ids.add(item.signSessionId())) {
          throw new IllegalArgumentException("a batch names a signature twice");
        }
      }
      if (!header.session().signSessionId().get().equals(items.get(0).signSessionId())) {
        throw new IllegalArgumentException("the header does not name the first signature");
      }
    }
  }

  /**
   * G2, T2: P2 agrees.
   *
   * @param nonces R2_j
   */
  record NonceShare(MessageHeader header, Bytes nonce2, List<ProvenPoint> nonces)
      implements SignMessage {
    public NonceShare {
      require(header, 2);
      nonces = SignMessage.items(nonces);
    }
  }

  /**
   * G2, T2: P2's policy refuses.
   *
   * @param reason for people: 0 to 200 characters, none of them a control character
   */
  record Refusal(MessageHeader header, String reason) implements SignMessage {
    public static final int MAX_REASON = 200;

    public Refusal {
      require(header, 2);
      if (!reason.equals(clean(reason))) {
        throw new IllegalArgumentException("a reason has at most 200 printable characters");
      }
    }

    /** Cuts and cleans any text into a reason. */
    public static Refusal of(MessageHeader header, String text) {
      return new Refusal(header, clean(text));
    }

    private static String clean(String text) {
      StringBuilder clean = new StringBuilder();
      text.codePoints()
          .limit(MAX_REASON)
          .map(c -> isPlain(c) ? c : ' ')
          .forEach(clean::appendCodePoint);
      return clean.toString();
    }

    /**
     * Nothing that breaks a line, turns the direction of writing, or is invisible: it goes to logs.
     */
    private static boolean isPlain(int c) {
      return switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE ->
            false;
        default -> true;
      };
    }
  }

  /**
   * G3, T3.
   *
   * @param nonces R1_j
   */
  record NonceOpening(MessageHeader header, List<ProvenPoint> nonces, Bytes blind)
      implements SignMessage {
    public NonceOpening {
      require(header, 3);
      nonces = SignMessage.items(nonces);
    }
  }

  /** G4. */
  record EncryptedPartialSignature(MessageHeader header, List<EncryptedPartial> items)
      implements SignMessage {
    public EncryptedPartialSignature {
      WireMessage.requireRound(header, header.procedure() == Procedure.SIGN_ECDSA, 4);
      items = SignMessage.items(items);
    }
  }

  /** c3 with its proof. */
  record EncryptedPartial(Bytes c3, AffProof aff) {}

  /**
   * T4.
   *
   * @param s2 scalars s2_j
   */
  record PartialSignature(MessageHeader header, List<Bytes> s2) implements SignMessage {
    public PartialSignature {
      WireMessage.requireRound(header, header.procedure() == Procedure.SIGN_EDDSA, 4);
      s2 = SignMessage.items(s2);
    }
  }

  /** G5, T5. */
  record FinalSignature(MessageHeader header, List<SignatureValues> signatures)
      implements SignMessage {
    public FinalSignature {
      require(header, 5);
      signatures = SignMessage.items(signatures);
    }
  }

  /**
   * A signature.
   *
   * @param r r of 32 bytes (ECDSA), or the encoded point R (EdDSA)
   * @param s the scalar
   */
  record SignatureValues(Bytes r, Bytes s) {}
}
