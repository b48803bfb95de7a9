/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DistributedKey;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Health;
import com.spatium.cryptodriver.Operator;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingRequest;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.Role;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.Secrets;
import com.spatium.cryptodriver.SignRequest;
import com.spatium.cryptodriver.Signature;
import com.spatium.cryptodriver.Step;
import com.spatium.cryptodriver.SyncRequest;
import com.spatium.cryptodriver.SyncSessionId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Measures how long this party itself works on each procedure: mathematics, token, store and
 * policy, not the waiting for the other.
 */
final class TimedDriver implements CryptoDriver {
  private final CryptoDriver driver;
  private final Map<Exchange.Procedure, Long> nanos = new EnumMap<>(Exchange.Procedure.class);

  TimedDriver(CryptoDriver driver) {
    this.driver = driver;
  }

  /** Milliseconds so far. */
  synchronized Map<Exchange.Procedure, Long> millis() {
    Map<Exchange.Procedure, Long> millis = new EnumMap<>(Exchange.Procedure.class);
    nanos.forEach((procedure, time) -> millis.put(procedure, time / 1_000_000));
    return millis;
  }

  private synchronized void add(Exchange.Procedure procedure, long since) {
    nanos.merge(procedure, System.nanoTime() - since, Long::sum);
  }

  private <R> Exchange<R> timed(Supplier<Exchange<R>> opening) {
    long since = System.nanoTime();
    Exchange<R> exchange = opening.get();
    add(exchange.subject().procedure(), since);
    return new TimedExchange<>(exchange);
  }

  private final class TimedExchange<R> implements Exchange<R> {
    private final Exchange<R> exchange;

    TimedExchange(Exchange<R> exchange) {
      this.exchange = exchange;
    }

    private Step<R> step(Supplier<Step<R>> step) {
      long since = System.nanoTime();
      try {
        return step.get();
      } finally {
        add(exchange.subject().procedure(), since);
      }
    }

    @Override
    public Step<R> start() {
      return step(exchange::start);
    }

    @Override
    public Step<R> receive(Bytes message) {
      return step(() -> exchange.receive(message));
    }

    @Override
    public Subject subject() {
      return exchange.subject();
    }

    @Override
    public void close() {
      exchange.close();
    }
  }

  @Override
  public Exchange<Pairing> pair(PairingRequest request) {
    return timed(() -> driver.pair(request));
  }

  @Override
  public Exchange<DistributedKey> synchronise(SyncRequest request) {
    return timed(() -> driver.synchronise(request));
  }

  @Override
  public Exchange<Signature> sign(SignRequest request) {
    return timed(() -> driver.sign(request));
  }

  @Override
  public Exchange<List<Signature>> signAll(List<SignRequest> requests) {
    return timed(() -> driver.signAll(requests));
  }

  @Override
  public Exchange<?> accept(PeerId from, Bytes firstMessage) {
    return accepted(from, firstMessage);
  }

  @SuppressWarnings("unchecked") // the result's type is nobody's concern here
  private Exchange<Object> accepted(PeerId from, Bytes firstMessage) {
    return timed(() -> (Exchange<Object>) driver.accept(from, firstMessage));
  }

  @Override
  public Secrets secrets() {
    return driver.secrets();
  }

  @Override
  public Operator operator() {
    return driver.operator();
  }

  @Override
  public Optional<DistributedKey> key(SecretId secretId, SyncSessionId syncSessionId) {
    return driver.key(secretId, syncSessionId);
  }

  @Override
  public Optional<Pairing> pairing(SecretId secretId, Role role, PeerId peer) {
    return driver.pairing(secretId, role, peer);
  }

  @Override
  public Health health() {
    return driver.health();
  }

  @Override
  public void close() {
    driver.close();
  }
}
