/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The coordinator: starts both parties, stands in for their operators, tells the story, verifies.
 */
final class Demo {
  private static final ObjectMapper mapper = new ObjectMapper();
  private static final List<String> PROCEDURES =
      List.of("pairing", "ecdsaKey", "eddsaKey", "ecdsaSignature", "eddsaSignature");

  private final DemoPlan plan;
  private final Narrator narrator;
  private final boolean json;
  private final boolean tokens;
  private final String secretId = UUID.randomUUID().toString();
  private final String ecdsaSession = UUID.randomUUID().toString();
  private final String eddsaSession = UUID.randomUUID().toString();
  private final Map<String, Map<String, Long>> timings = new LinkedHashMap<>();
  private final Map<String, Long> elapsed = new LinkedHashMap<>();

  Demo(DemoPlan plan, Narrator narrator, boolean json) {
    this.plan = plan;
    this.narrator = narrator;
    this.json = json;
    this.tokens = plan.driver() == DemoPlan.Driver.PKCS11;
  }

  /** Whether both signatures verify. */
  boolean run() {
    if (tokens && SoftHsmTokens.module().isEmpty()) {
      throw new DemoFailure(
          "SoftHSM is not installed: run ci/setup, or install Debian's softhsm2, or use --driver software");
    }
    Path root;
    try {
      root = Files.createTempDirectory("spatium-demo-"); // for this user alone
    } catch (IOException e) {
      throw new DemoFailure("cannot make a temporary directory: " + e.getMessage());
    }
    List<PartyProcess> parties = new ArrayList<>();
    Thread cleaner = new Thread(() -> clean(parties, root), "clean-up");
    Runtime.getRuntime().addShutdownHook(cleaner); // Ctrl-C
    try {
      PartyProcess a = PartyProcess.start("a", plan, plan.seedA(), root, narrator);
      add(parties, a);
      PartyProcess b = PartyProcess.start("b", plan, plan.seedB(), root, narrator);
      add(parties, b);
      boolean verified = perform(a, b);
      a.close();
      b.close();
      return verified;
    } finally {
      clean(parties, root);
    }
  }

  private static void add(List<PartyProcess> parties, PartyProcess party) {
    synchronized (parties) {
      parties.add(party);
    }
  }

  /** Also on Ctrl-C, then in parallel with the story. */
  private static void clean(List<PartyProcess> parties, Path root) {
    synchronized (parties) {
      parties.forEach(PartyProcess::kill);
    }
    Directories.delete(root);
  }

  private boolean perform(PartyProcess a, PartyProcess b) {
    introduce(a, b);
    open(a, b);
    secrets(a, b);
    String pairing = pair(a, b);
    String ecdsaKey =
        synchronise(
            a,
            b,
            "ecdsa",
            ecdsaSession,
            "ECDSA, secp256k1",
            "the product of their fragments: Q = x1·x2·G");
    String eddsaKey =
        synchronise(
            a,
            b,
            "eddsa",
            eddsaSession,
            "EdDSA, ed25519",
            "the sum of their fragments: A = (a1 + a2)·B");
    narrator.chapter("Signatures: A starts, B's policy sees what is signed and approves");
    JsonNode ecdsa = sign(a, "ecdsa", ecdsaSession, plan.digest().value());
    narrator.item("ECDSA of digest", plan.digest().value().toHex());
    narrator.item("  r", ecdsa.path("r").asText());
    narrator.item("  s", ecdsa.path("s").asText() + ", recovery " + ecdsa.path("recovery").asInt());
    JsonNode eddsa = sign(a, "eddsa", eddsaSession, plan.message());
    narrator.item("EdDSA of message", quoted(plan.message()));
    narrator.item("  R ‖ s", eddsa.path("signature").asText());
    JsonNode healthA = a.ask("health");
    JsonNode healthB = b.ask("health");
    requireApproved(healthB);

    boolean ecdsaGood =
        Verification.ecdsa(
            bytes(ecdsaKey),
            plan.digest().value().toByteArray(),
            bytes(ecdsa.path("r")),
            bytes(ecdsa.path("s")),
            ecdsa.path("recovery").asInt());
    boolean eddsaGood =
        Verification.eddsa(
            bytes(eddsaKey), plan.message().toByteArray(), bytes(eddsa.path("signature")));
    narrator.chapter("Verification, with BouncyCastle, which had no part in signing");
    narrator.item(
        "ECDSA", ecdsaGood ? "valid; low s; the recovery id leads back to the key" : "NOT VALID");
    narrator.item("EdDSA", eddsaGood ? "valid" : "NOT VALID");
    boolean verified = ecdsaGood && eddsaGood;
    collect(a, healthA);
    collect(b, healthB);
    table(healthA, healthB);
    narrator.line("");
    narrator.line(
        verified
            ? "Two verified signatures. Neither party ever had a private key, and no secret byte was on a party's Java heap."
            : "A signature does not verify: this is a defect, please report it.");
    if (json) {
      print(pairing, ecdsaKey, eddsaKey, ecdsa, eddsa, verified, healthA, healthB);
    }
    return verified;
  }

  private void introduce(PartyProcess a, PartyProcess b) {
    narrator.line(
        "Two parties make keys and signatures together; there is no private key anywhere.");
    narrator.line("");
    narrator.party("A", "process " + a.pid() + ": starts every procedure (P1)");
    narrator.party("B", "process " + b.pid() + ": answers, if its policy approves (P2)");
    narrator.line("");
    narrator.line(
        "Between them go protocol messages over TCP, nothing else. This program stands in for their two operators.");
  }

  private void open(PartyProcess a, PartyProcess b) {
    if (tokens) {
      narrator.chapter("Tokens: each party makes a SoftHSM token, standing in for hardware");
      narrator.text(
          "The PIN, 32 random digits, went through a pipe into locked memory: the C library read it, not Java.");
      both(a, b, party -> party.ask("token"), "token");
      narrator.party("A", "token 'spatium-a', " + ms(timing(a, "token")));
      narrator.party("B", "token 'spatium-b', " + ms(timing(b, "token")));
    }
    narrator.chapter(
        "Drivers: sealing keys, and proof parameters (ring-Pedersen, made of two safe primes), once per installation");
    narrator.text("At the default level the search for safe primes takes a while.");
    Map<String, JsonNode> opened = both(a, b, party -> party.ask("driver"), "driver");
    for (PartyProcess party : List.of(a, b)) {
      narrator.party(
          upper(party), text(opened, party, "custody") + ", " + ms(timing(party, "driver")));
    }
    int port = b.ask("listen").path("port").asInt();
    a.ask("connect", "port", port);
    narrator.party("B", "listens on loop-back port " + port);
  }

  private void secrets(PartyProcess a, PartyProcess b) {
    narrator.chapter("Secrets: each party makes or imports its own, and its Paillier key");
    Map<String, JsonNode> made = both(a, b, party -> party.ask("secret", "id", secretId), "secret");
    for (PartyProcess party : List.of(a, b)) {
      narrator.party(
          upper(party), lives(text(made, party, "kind")) + ", " + ms(timing(party, "secret")));
    }
  }

  private String lives(String kind) {
    if (kind.equals("TOKEN_BOUND")) {
      return "64 random bytes made in the token, which never leave it";
    }
    return tokens
        ? "portable seed, at rest sealed under two keys of the token"
        : "portable seed, at rest sealed under a key that is in locked memory";
  }

  private String pair(PartyProcess a, PartyProcess b) {
    narrator.chapter("Pairing: the parties prove their parameters to each other");
    JsonNode atA = timed("pairing", () -> a.ask("pair", "id", secretId));
    JsonNode atB = b.ask("pairing");
    narrator.party("A", "shows " + atA.path("digits").asText());
    narrator.party("B", "shows " + atB.path("digits").asText());
    if (!atA.path("digits").asText().equals(atB.path("digits").asText())) {
      throw new DemoFailure("the digits differ: somebody is between the parties");
    }
    String id = atA.path("pairing").asText();
    for (PartyProcess party : List.of(a, b)) {
      if (!party.ask("confirm", "pairing", id).path("status").asText().equals("ACTIVE")) {
        throw new DemoFailure("the pairing of party " + party.name() + " did not become active");
      }
    }
    narrator.text(
        "The digits are equal. Two operators read them to each other; then each confirms on his side. Done for them here,");
    narrator.text(ms(elapsed.getOrDefault("pairing", 0L)) + ".");
    return id;
  }

  private String synchronise(
      PartyProcess a, PartyProcess b, String suite, String session, String name, String meaning) {
    if (suite.equals("ecdsa")) {
      narrator.chapter(
          "Keys of path m/44'/"
              + plan.path().coin()
              + "'/"
              + plan.path().account()
              + "'/0'/0': each party derives a fragment in its vault");
    }
    JsonNode atA =
        timed(
            suite + "Key",
            () ->
                a.ask(
                    "sync",
                    "suite",
                    suite,
                    "id",
                    secretId,
                    "session",
                    session,
                    "coin",
                    plan.path().coin(),
                    "account",
                    plan.path().account()));
    String key = atA.path("publicKey").asText();
    String there = b.ask("key", "id", secretId, "session", session).path("publicKey").asText();
    if (!key.equals(there)) {
      throw new DemoFailure("the parties have different " + suite + " keys");
    }
    narrator.item(name, key);
    narrator.item("", meaning + ", " + ms(elapsed.getOrDefault(suite + "Key", 0L)));
    return key;
  }

  private JsonNode sign(PartyProcess a, String suite, String session, Bytes message) {
    String base64 = Base64.getEncoder().encodeToString(message.toByteArray());
    return timed(
        suite + "Signature",
        () ->
            a.ask(
                "sign",
                "suite",
                suite,
                "id",
                secretId,
                "session",
                session,
                "signing",
                UUID.randomUUID().toString(),
                "message",
                base64));
  }

  /** B's policy has seen exactly what was signed. */
  private void requireApproved(JsonNode healthB) {
    List<String> seen = new ArrayList<>();
    healthB.path("approvals").forEach(approval -> seen.add(approval.asText()));
    List<String> signed =
        List.of("secp256k1 " + plan.digest().value().toHex(), "ed25519 " + plan.message().toHex());
    if (!seen.equals(signed)) {
      throw new DemoFailure("party B's policy was not asked for exactly what was signed");
    }
  }

  private JsonNode timed(String step, Supplier<JsonNode> action) {
    long since = System.nanoTime();
    JsonNode answer = action.get();
    elapsed.put(step, (System.nanoTime() - since) / 1_000_000);
    return answer;
  }

  private Map<String, JsonNode> both(
      PartyProcess a, PartyProcess b, Function<PartyProcess, JsonNode> action, String step) {
    CompletableFuture<JsonNode> atA = CompletableFuture.supplyAsync(() -> action.apply(a));
    Map<String, JsonNode> answers = new LinkedHashMap<>();
    RuntimeException failure = null;
    try {
      answers.put("b", action.apply(b));
    } catch (DemoFailure e) {
      failure = e;
    }
    try {
      answers.put("a", atA.join());
    } catch (CompletionException e) {
      failure = e.getCause() instanceof DemoFailure cause ? cause : e;
    }
    if (failure != null) {
      throw failure;
    }
    answers.forEach((name, answer) -> timings(name).put(step, answer.path("ms").asLong()));
    return answers;
  }

  private Map<String, Long> timings(String party) {
    return timings.computeIfAbsent(party, name -> new LinkedHashMap<>());
  }

  private long timing(PartyProcess party, String step) {
    return timings(party.name()).getOrDefault(step, 0L);
  }

  private void collect(PartyProcess party, JsonNode health) {
    for (String procedure : PROCEDURES) {
      timings(party.name()).put(procedure, health.path("procedures").path(procedure).asLong());
    }
  }

  private void table(JsonNode a, JsonNode b) {
    narrator.chapter("Where everything is, and how long it took");
    row("custody", a.path("custody").asText(), b.path("custody").asText());
    row("secrets in use", memory(a), memory(b));
    Map<String, String> attributesA = attributes(a);
    Map<String, String> attributesB = attributes(b);
    attributesA.forEach((key, value) -> row(key, value, attributesB.getOrDefault(key, "")));
    row("arithmetic kernel", a.path("kernel").asText(), b.path("kernel").asText());
    narrator.line("");
    narrator.line(
        String.format("   %-20s %12s %12s %12s", "step, ms", "A works", "B works", "elapsed"));
    for (Map.Entry<String, Long> step : timings("a").entrySet()) {
      narrator.line(
          String.format(
              "   %-20s %12d %12d %12s",
              step.getKey(),
              step.getValue(),
              timings("b").getOrDefault(step.getKey(), 0L),
              elapsed.containsKey(step.getKey())
                  ? String.valueOf(elapsed.get(step.getKey()))
                  : ""));
    }
  }

  /** Equal on both sides: once. */
  private void row(String label, String a, String b) {
    if (a.equals(b)) {
      narrator.item(label, a);
    } else {
      narrator.item(label, "A: " + a);
      narrator.item("", "B: " + b);
    }
  }

  private static String memory(JsonNode health) {
    JsonNode memory = health.path("memory");
    List<String> got = new ArrayList<>();
    got.add(
        memory.path("memfd_secret").asBoolean()
            ? "memfd_secret (hidden from the kernel's other users)"
            : "ordinary memory");
    Map.of(
            "locked",
            "never swapped",
            "dontdump",
            "not in core dumps",
            "dontfork",
            "not in child processes",
            "guardPages",
            "guard pages")
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> got.add((memory.path(e.getKey()).asBoolean() ? "" : "NOT: ") + e.getValue()));
    return (memory.path("bytes").asLong() >> 20) + " MiB " + String.join(", ", got);
  }

  /** Flags of each object in the token: those that are set, and those that are not. */
  private static Map<String, String> attributes(JsonNode health) {
    Map<String, List<String>> set = new LinkedHashMap<>();
    Map<String, List<String>> clear = new LinkedHashMap<>();
    health
        .path("attributes")
        .properties()
        .forEach(
            e -> {
              int flag = e.getKey().indexOf(" CKA_");
              if (flag > 0) {
                String object = e.getKey().substring(e.getKey().lastIndexOf(':', flag) + 1, flag);
                String name = e.getKey().substring(flag + " CKA_".length());
                if (e.getValue().asText().equals("true")) {
                  set.computeIfAbsent(object, k -> new ArrayList<>()).add(name);
                } else if (e.getValue().asText().equals("false")) {
                  clear.computeIfAbsent(object, k -> new ArrayList<>()).add(name);
                }
              }
            });
    Map<String, String> lines = new LinkedHashMap<>();
    set.forEach(
        (object, names) ->
            lines.put(
                "key " + object,
                String.join(" ", names)
                    + "; not "
                    + String.join(" ", clear.getOrDefault(object, List.of()))));
    return lines;
  }

  @SuppressWarnings("SystemOut")
  private void print(
      String pairing,
      String ecdsaKey,
      String eddsaKey,
      JsonNode ecdsa,
      JsonNode eddsa,
      boolean verified,
      JsonNode healthA,
      JsonNode healthB) {
    ObjectNode result = mapper.createObjectNode();
    result.put("ecdsaPublicKey", ecdsaKey);
    result.put("eddsaPublicKey", eddsaKey);
    result.put("digest", plan.digest().value().toHex());
    result.put("r", ecdsa.path("r").asText());
    result.put("s", ecdsa.path("s").asText());
    result.put("recovery", ecdsa.path("recovery").asInt());
    result.put("eddsaSignature", eddsa.path("signature").asText());
    result.put("verified", verified);
    result.put("pairingId", pairing);
    result.put("driver", tokens ? "pkcs11" : "software");
    result.put("level", plan.level().bits());
    result.put("coin", plan.path().coin());
    result.put("account", plan.path().account());
    result.set("elapsedMs", mapper.valueToTree(elapsed));
    ObjectNode parties = result.putObject("parties");
    describe(parties.putObject("a"), "a", healthA);
    describe(parties.putObject("b"), "b", healthB);
    System.out.println(result);
  }

  private void describe(ObjectNode party, String name, JsonNode health) {
    party.set("timingsMs", mapper.valueToTree(timings(name)));
    party.set("memory", health.path("memory"));
    party.put("kernel", health.path("kernel").asText());
    party.put("custody", health.path("custody").asText());
    party.set("attributes", health.path("attributes"));
  }

  private static String text(Map<String, JsonNode> answers, PartyProcess party, String field) {
    return Optional.ofNullable(answers.get(party.name()))
        .map(answer -> answer.path(field).asText())
        .orElse("");
  }

  private static String upper(PartyProcess party) {
    return party.name().toUpperCase(Locale.ROOT);
  }

  private static String ms(long millis) {
    return millis < 10_000 ? millis + " ms" : millis / 1000 + " s";
  }

  private static byte[] bytes(JsonNode hex) {
    return bytes(hex.asText());
  }

  private static byte[] bytes(String hex) {
    return Bytes.ofHex(hex).toByteArray();
  }

  private static String quoted(Bytes message) {
    String text = new String(message.toByteArray(), StandardCharsets.UTF_8);
    String shown = text.length() <= 60 ? text : text.substring(0, 60) + "…";
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }
}
