/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.pkcs11;

import com.spatium.cryptodriver.TokenException;
import com.spatium.cryptodriver.pkcs11.internal.Cka;
import com.spatium.cryptodriver.pkcs11.internal.Ckr;
import com.spatium.cryptodriver.pkcs11.internal.CkrException;
import com.spatium.cryptodriver.pkcs11.internal.Cryptoki;
import com.spatium.cryptodriver.pkcs11.internal.Template;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Everything that can go stale, together: slot, anchor session, session pool, provider, key
 * handles. Recovery replaces it as a whole. Thread-safe.
 */
final class Connection {
  private static final long CKO_SECRET_KEY = 4;
  private static final Set<Long> SESSION_GONE =
      Set.of(Ckr.SESSION_HANDLE_INVALID, Ckr.SESSION_CLOSED, Ckr.CRYPTOKI_NOT_INITIALIZED);

  private final Cryptoki module;
  private final Slots.Found at;

  /** Losing the last session would log the process out. */
  private final long anchor;

  private final SunAes aes;
  private final Set<Cka> waived;
  private final ConcurrentLinkedDeque<Long> idle = new ConcurrentLinkedDeque<>();
  private final ConcurrentHashMap<KeyRef, Long> handles = new ConcurrentHashMap<>();

  Connection(Cryptoki module, Slots.Found at, long anchor, SunAes aes, Set<Cka> waived) {
    this.module = module;
    this.at = at;
    this.anchor = anchor;
    this.aes = aes;
    this.waived = waived;
  }

  Slots.Found at() {
    return at;
  }

  long anchor() {
    return anchor;
  }

  SunAes aes() {
    return aes;
  }

  /** The same sessions and login, but every key is looked up and verified anew. */
  Connection withoutKeys() {
    return withAnchor(anchor);
  }

  /** The same provider with another anchor; every key is looked up and verified anew. */
  Connection withAnchor(long newAnchor) {
    Connection next = new Connection(module, at, newAnchor, aes.withoutKeys(), waived);
    if (newAnchor == anchor) {
      for (Long session = idle.poll(); session != null; session = idle.poll()) {
        next.idle.add(session);
      }
    }
    return next;
  }

  /** What is done in a session. */
  interface InSession<T> {
    T run(long session);
  }

  /**
   * Runs in a pooled read-only session. One in which something failed is not used again: an
   * operation may still be active in it.
   */
  <T> T inSession(InSession<T> body) {
    Long pooled = idle.poll();
    long session = pooled != null ? pooled : module.openSession(at.slot(), false);
    T result;
    try {
      result = body.run(session);
    } catch (CkrException e) {
      // After C_Finalize the number may be somebody else's session by now.
      if (!SESSION_GONE.contains(e.ckr())) {
        module.closeSession(session);
      }
      throw e;
    } catch (RuntimeException e) {
      module.closeSession(session);
      throw e;
    }
    idle.push(session);
    return result;
  }

  /**
   * Token objects can be made and destroyed only in a read-write session; these are rare, so it is
   * not kept.
   */
  <T> T inWriteSession(InSession<T> body) {
    long session = module.openSession(at.slot(), true);
    try {
      return body.run(session);
    } finally {
      module.closeSession(session);
    }
  }

  /**
   * Handles of the secret keys with this label. Who is not logged in sees no private objects, so an
   * empty answer counts only if we were logged in before and after it: another thread may be
   * logging in again at this moment.
   */
  List<Long> find(long session, String label) {
    Template template =
        Template.empty()
            .with(Cka.CLASS, CKO_SECRET_KEY)
            .with(Cka.TOKEN, true)
            .with(Cka.LABEL, label);
    boolean before = !at.token().loginRequired() || module.loggedIn(session);
    List<Long> found = module.find(session, template);
    boolean after = !at.token().loginRequired() || module.loggedIn(session);
    if (found.isEmpty() && !(before && after)) {
      throw new CkrException("C_FindObjects", Ckr.USER_NOT_LOGGED_IN);
    }
    return found;
  }

  /** The handle of a key, verified when first looked up. */
  long handle(long session, KeyRef key, String where) {
    Long cached = handles.get(key);
    if (cached != null) {
      return cached;
    }
    long object = single(session, key, where);
    verify(session, object, key, true);
    handles.put(key, object);
    return object;
  }

  long single(long session, KeyRef key, String where) {
    List<Long> found = find(session, key.label());
    if (found.isEmpty()) {
      throw new TokenException.KeyMissing(
          where
              + " has no key '"
              + key.label()
              + "': it was deleted, the token was initialised again, or this is another token than"
              + " the one that the state store belongs to. Restore the token from its backup");
    }
    if (found.size() > 1) {
      throw new TokenException.AttributeViolation(
          "CKA_LABEL of "
              + found.size()
              + " token objects is '"
              + key.label()
              + "', but must be unique: the driver made only one of"
              + " them. Find out who made the others, and delete those");
    }
    return found.get(0);
  }

  Map<String, String> verify(long session, long object, KeyRef key, boolean onToken) {
    return key.kind()
        .verify(
            key.label(),
            onToken,
            waived,
            attribute -> module.attribute(session, object, attribute));
  }

  void forget(KeyRef key) {
    handles.remove(key);
  }

  void crypt(int mode, KeyRef key, byte[] iv, ByteBuffer in, ByteBuffer out, String where)
      throws GeneralSecurityException {
    try {
      aes.crypt(mode, key.label(), iv, in, out);
    } catch (KeyStoreException e) {
      throw explained(e, where);
    }
  }

  /** Whether SunPKCS11 can load the token's keys. */
  void requireKeyStore(String where) throws GeneralSecurityException {
    try {
      aes.keyStore();
    } catch (KeyStoreException e) {
      throw explained(e, where);
    }
  }

  private KeyStoreException explained(KeyStoreException e, String where) {
    Collection<String> doubles = inSession(this::duplicateLabels);
    if (!doubles.isEmpty()) {
      throw new TokenException(
          where
              + " has several secret keys with one label ("
              + String.join(", ", doubles)
              + "): SunPKCS11 can use no key of such a token. Rename or delete all but one",
          "",
          0,
          e);
    }
    return e;
  }

  /** Labels that more than one secret key of the token has. */
  Collection<String> duplicateLabels(long session) {
    Map<String, List<Long>> byLabel = new TreeMap<>();
    for (long object :
        module.find(
            session, Template.empty().with(Cka.CLASS, CKO_SECRET_KEY).with(Cka.TOKEN, true))) {
      String label = module.attribute(session, object, Cka.LABEL).map(Object::toString).orElse("");
      byLabel.computeIfAbsent(label, l -> new ArrayList<>()).add(object);
    }
    Collection<String> doubles = new TreeSet<>();
    byLabel.forEach(
        (label, objects) -> {
          // SunPKCS11 minds only labels that are there.
          if (objects.size() > 1 && !label.isEmpty()) {
            doubles.add(label);
          }
        });
    return doubles;
  }

  /**
   * Closes the pool and the anchor, unless the anchor is no longer ours: then all numbers may be
   * somebody else's.
   */
  void closeSessions() {
    try {
      module.loggedIn(anchor);
    } catch (CkrException e) {
      idle.clear();
      return;
    }
    for (Long session = idle.poll(); session != null; session = idle.poll()) {
      module.closeSession(session);
    }
    module.closeSession(anchor);
  }
}
