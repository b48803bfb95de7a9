/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.Exchange;
import com.spatium.cryptodriver.Health;
import com.spatium.cryptodriver.Pairing;
import com.spatium.cryptodriver.PairingId;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.ProgressListener;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.SyncSessionId;
import com.spatium.cryptodriver.pkcs11.PinSource;
import com.spatium.cryptodriver.pkcs11.Pkcs11CryptoDriver;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import com.spatium.cryptodriver.pkcs11.TokenConfig;
import com.spatium.cryptodriver.software.SoftwareCryptoDriver;
import com.spatium.cryptodriver.software.SoftwareCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretFormat;
import com.spatium.ecmath.Vault;
import com.spatium.protocol.ProtocolOptions;
import com.spatium.protocol.SpatiumProtocol;
import com.spatium.protocol.SqliteStateStore;
import com.spatium.protocol.TcpTransport;
import com.spatium.protocol.TransportDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A party in a process of its own. The first line of stdin is its PIN (or passphrase), the second,
 * if announced, its seed: the C library reads both straight into the vault. Then commands come, one
 * JSON object in a line, each answered by a line {@code done} or {@code failed} on stdout; lines
 * {@code progress} may come in between. When stdin ends, so does the process, and deletes its
 * directory.
 */
final class Party {
  /** What the coordinator says on the command line: nothing secret. */
  record Settings(
      String name,
      String peer,
      Path directory,
      SecurityLevel level,
      DemoPlan.Driver driver,
      boolean seeded) {}

  /** Longest PIN, and longest line of hex digits of a seed. */
  private static final int MAX_LINE = 256;

  private static final int SO_PIN_BYTES = 32;
  private static final int SALT_BYTES = 32;
  private static final Duration MESSAGE_TIMEOUT = Duration.ofMinutes(10);
  private static final long PROGRESS_NANOS = 2_000_000_000L;
  private static final String ROOM = "demo";
  private static final ObjectMapper json = new ObjectMapper();

  private final Settings settings;
  private final PrintStream events;
  private final BlockingQueue<Optional<JsonNode>> commands = new LinkedBlockingQueue<>();
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final ArrayNode approvals = json.createArrayNode(); // guarded by itself
  private volatile boolean quitting;
  private long lastProgress = System.nanoTime();

  private final EcMath ecmath;
  private final SecretBlob pin;
  private final Optional<SecretBlob> seed;
  private Optional<TimedDriver> driver = Optional.empty();
  private Optional<SpatiumProtocol> protocol = Optional.empty();

  Party(Settings settings) {
    this.settings = settings;
    this.events = System.out;
    System.setOut(System.err); // stdout carries events and nothing else
    this.ecmath = EcMath.open();
    // Before anything in Java reads stdin: a line is read to its end and no further.
    this.pin = ecmath.vault().readFd(0, SecretFormat.LINE, MAX_LINE);
    this.seed =
        settings.seeded()
            ? Optional.of(ecmath.vault().readFd(0, SecretFormat.HEX_LINE, MAX_LINE))
            : Optional.empty();
  }

  /** The exit code. */
  int run() {
    Thread reader = new Thread(this::readCommands, "commands");
    reader.setDaemon(true);
    reader.start();
    try {
      for (Optional<JsonNode> command = commands.take();
          command.isPresent();
          command = commands.take()) {
        answer(command.get());
      }
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Main.EXIT_FAILED;
    } finally {
      closing.forEach(Runnable::run);
      seed.ifPresent(SecretBlob::close);
      pin.close();
    }
  }

  private void readCommands() {
    try {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode command = json.readTree(line);
        if (command.path("do").asText().equals("quit")) {
          quitting = true;
          commands.add(Optional.empty());
          return;
        }
        commands.add(Optional.of(command));
      }
    } catch (IOException e) {
      // As if stdin had ended.
    }
    if (!quitting) {
      // The coordinator is gone, perhaps in the middle of a computation here: the kernel takes the
      // vault back.
      Directories.delete(settings.directory());
      Directories.deleteIfEmpty(settings.directory().toAbsolutePath().getParent());
      Runtime.getRuntime().halt(Main.EXIT_FAILED);
    }
  }

  private void answer(JsonNode command) {
    ObjectNode answer = json.createObjectNode();
    long since = System.nanoTime();
    try {
      carryOut(command, answer);
      answer.put("event", "done").put("ms", (System.nanoTime() - since) / 1_000_000);
    } catch (RuntimeException | IOException e) {
      answer
          .put("event", "failed")
          .put("message", e.getMessage() == null ? e.toString() : e.getMessage());
    }
    emit(answer);
  }

  private synchronized void emit(ObjectNode event) {
    events.println(event);
    events.flush();
  }

  private void carryOut(JsonNode command, ObjectNode answer) throws IOException {
    switch (command.path("do").asText()) {
      case "token" -> makeToken();
      case "driver" -> openDriver(answer);
      case "listen" -> {
        TcpTransport transport = TcpTransport.listen(0, new PeerId(settings.peer()));
        talkOver(transport);
        answer.put("port", transport.port());
      }
      case "connect" ->
          talkOver(
              TcpTransport.connect(
                  command.path("port").asInt(),
                  new PeerId(settings.peer()),
                  Duration.ofSeconds(30)));
      case "secret" -> makeSecret(SecretId.of(command.path("id").asText()), answer);
      case "pair" -> report(protocol().pair(command.path("id").asText()), answer);
      case "pairing" -> report(onlyPairing(), answer);
      case "confirm" ->
          report(
              driver().operator().confirm(PairingId.ofHex(command.path("pairing").asText())),
              answer);
      case "sync" -> synchronise(command, answer);
      case "key" -> reportKey(command, answer);
      case "sign" -> sign(command, answer);
      case "health" -> reportHealth(answer);
      default -> throw new DemoFailure("unknown command " + command.path("do"));
    }
  }

  private TimedDriver driver() {
    return driver.orElseThrow(() -> new DemoFailure("the driver is not open"));
  }

  private SpatiumProtocol protocol() {
    return protocol.orElseThrow(() -> new DemoFailure("no connection"));
  }

  private String label() {
    return "spatium-" + settings.name();
  }

  private static Path module() {
    return SoftHsmTokens.module()
        .orElseThrow(
            () ->
                new DemoFailure(
                    "SoftHSM is not installed: run ci/setup, or install Debian's softhsm2"));
  }

  private void makeToken() {
    try (SecretBlob officer = ecmath.vault().random(SO_PIN_BYTES, null)) {
      SoftHsmTokens.create(ecmath, module(), label(), officer, pin);
    }
  }

  private void openDriver(ObjectNode answer) {
    SqliteStateStore store = SqliteStateStore.open(settings.directory().resolve("state.db"));
    closing.addFirst(store::close);
    DriverConfig config =
        DriverConfig.of("party-" + settings.name())
            .withLevel(settings.level())
            .withMinimumLevel(settings.level())
            .withSessions(16, 16, MESSAGE_TIMEOUT)
            .withPolicy(this::approve)
            .withProgress(progress());
    CryptoDriver opened =
        settings.driver() == DemoPlan.Driver.PKCS11
            ? openToken(config, store)
            : openSoftware(config, store);
    closing.addFirst(opened::close);
    driver = Optional.of(new TimedDriver(opened));
    Health health = opened.health();
    answer.put("custody", health.custody());
  }

  private CryptoDriver openToken(DriverConfig config, SqliteStateStore store) {
    return Pkcs11CryptoDriver.open(
        config, store, TokenConfig.of(module(), label(), PinSource.held(ecmath.vault(), pin)));
  }

  private CryptoDriver openSoftware(DriverConfig config, SqliteStateStore store) {
    // The salt of a real installation is kept beside its state store: it must be the same each
    // time.
    Bytes salt = Bytes.of(Vault.randomPublic(SALT_BYTES));
    return SoftwareCryptoDriver.open(
        config,
        store,
        SoftwareCustody.fromPassphrase(ecmath, pin, salt, SoftwareCustody.MIN_ITERATIONS));
  }

  private ProgressListener progress() {
    return (what, candidates, found) -> {
      synchronized (this) {
        long now = System.nanoTime();
        if (now - lastProgress >= PROGRESS_NANOS) {
          lastProgress = now;
          emit(
              json.createObjectNode()
                  .put("event", "progress")
                  .put(
                      "what",
                      what
                          + ": "
                          + found
                          + " of 2 primes found, "
                          + candidates
                          + " numbers tried"));
        }
      }
    };
  }

  /** A real policy looks at what is signed. This one remembers it, for the story. */
  private SigningPolicy.Decision approve(SigningPolicy.Request request) {
    synchronized (approvals) {
      for (SigningPolicy.Item item : request.items()) {
        approvals.add(request.key().suite().curveName() + " " + item.message().toHex());
      }
    }
    return SigningPolicy.approve();
  }

  private void talkOver(TransportDriver transport) {
    closing.addFirst(transport::close);
    ProtocolOptions options =
        ProtocolOptions.of(new PeerId(settings.peer()), ROOM).withMessageTimeout(MESSAGE_TIMEOUT);
    SpatiumProtocol opened = new SpatiumProtocol(driver(), transport, options);
    closing.addFirst(opened::close);
    protocol = Optional.of(opened);
  }

  private void makeSecret(SecretId id, ObjectNode answer) {
    if (seed.isPresent()) {
      driver().secrets().importSeed(id, seed.get());
      seed.get().close();
    } else {
      driver().secrets().generate(id);
    }
    answer.put("kind", driver().secrets().kind(id).name());
  }

  private Pairing onlyPairing() {
    List<Pairing> pairings = driver().operator().pairings();
    if (pairings.size() != 1) {
      throw new DemoFailure("there are " + pairings.size() + " pairings instead of one");
    }
    return pairings.get(0);
  }

  private static void report(Pairing pairing, ObjectNode answer) {
    answer
        .put("pairing", pairing.id().toString())
        .put("digits", pairing.id().toDigits())
        .put("status", pairing.status().name());
  }

  private void synchronise(JsonNode command, ObjectNode answer) {
    String secret = command.path("id").asText();
    String session = command.path("session").asText();
    long coin = command.path("coin").asLong();
    long account = command.path("account").asLong();
    String key =
        ecdsa(command)
            ? protocol().syncDistributedEcdsaKey(secret, session, "secp256k1", coin, account)
            : protocol().syncDistributedEddsaKey(secret, session, "ed25519", coin, account);
    answer.put("publicKey", hex(key));
  }

  private static boolean ecdsa(JsonNode command) {
    return command.path("suite").asText().equals("ecdsa");
  }

  private static String hex(String base64) {
    return Bytes.of(Base64.getDecoder().decode(base64)).toHex();
  }

  /** P2 learns that the key is complete from P1's last message, which may still be on its way. */
  private void reportKey(JsonNode command, ObjectNode answer) {
    SecretId secret = SecretId.of(command.path("id").asText());
    SyncSessionId session = SyncSessionId.of(command.path("session").asText());
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (driver().key(secret, session).isEmpty() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(2_000_000);
    }
    answer.put(
        "publicKey",
        driver()
            .key(secret, session)
            .orElseThrow(() -> new DemoFailure("the key did not become ACTIVE here"))
            .publicKey()
            .encoded()
            .toHex());
  }

  private void sign(JsonNode command, ObjectNode answer) {
    String secret = command.path("id").asText();
    String session = command.path("session").asText();
    String signing = command.path("signing").asText();
    String message = command.path("message").asText();
    if (ecdsa(command)) {
      SpatiumProtocol.EcdsaSignature signature =
          protocol().signEcdsaMessage(secret, session, signing, message, "");
      answer
          .put("r", hex(signature.r()))
          .put("s", hex(signature.s()))
          .put("recovery", signature.recovery());
    } else {
      SpatiumProtocol.EddsaSignature signature =
          protocol().signEddsaMessage(secret, session, signing, message, "");
      answer.put("signature", hex(signature.R()) + hex(signature.s()));
    }
  }

  private void reportHealth(ObjectNode answer) {
    Health health = driver().health();
    answer.put("custody", health.custody()).put("kernel", health.kernel());
    answer.set("memory", json.valueToTree(health.memory()));
    answer.set("attributes", json.valueToTree(health.attributes()));
    ObjectNode millis = answer.putObject("procedures");
    for (var e : driver().millis().entrySet()) {
      millis.put(name(e.getKey()), e.getValue());
    }
    synchronized (approvals) {
      answer.set("approvals", approvals.deepCopy());
    }
  }

  private static String name(Exchange.Procedure procedure) {
    return switch (procedure) {
      case PAIR -> "pairing";
      case SYNC_ECDSA -> "ecdsaKey";
      case SYNC_EDDSA -> "eddsaKey";
      case SIGN_ECDSA -> "ecdsaSignature";
      case SIGN_EDDSA -> "eddsaSignature";
    };
  }
}
