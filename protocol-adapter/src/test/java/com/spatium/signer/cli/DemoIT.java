/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demonstration as its users run it: the packaged jar, in processes of its own. */
final class DemoIT {
  private static final String SEED_A = "000102030405060708090a0b0c0d0e0f";
  private static final String SEED_B =
      "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2";
  private static final HexFormat HEX = HexFormat.of();
  private static final long MINUTES = 10;

  /** The temporary directory of everything that is started here. */
  @TempDir Path scratch;

  record Outcome(int exit, String out, String err) {}

  private Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + scratch);
    command.addAll(List.of("-jar", System.getProperty("demo.jar")));
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile("demo-", ".err");
    err.toFile().deleteOnExit();
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    errors.put(process, err);
    return process;
  }

  private final Map<Process, Path> errors = new HashMap<>();

  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    Process process = start(environment, arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES));
    return new Outcome(process.exitValue(), out, Files.readString(errors.get(process)));
  }

  private Outcome run(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  private List<Path> leftBehind() throws IOException {
    try (Stream<Path> files = Files.list(scratch)) {
      return files.toList();
    }
  }

  /** Runs it and checks everything that the object promises. */
  private JsonNode json(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--json", "--level", "112"));
    all.addAll(List.of(arguments));
    Outcome outcome = run(all.toArray(String[]::new));
    assertEquals(0, outcome.exit(), outcome.err());
    assertEquals(1, outcome.out().lines().count(), "one object and nothing else: " + outcome.out());
    JsonNode result = new ObjectMapper().readTree(outcome.out());
    assertTrue(result.path("verified").asBoolean());
    assertEquals(64, result.path("pairingId").asText().length());
    for (String party : List.of("a", "b")) {
      JsonNode about = result.path("parties").path(party);
      for (String step :
          List.of(
              "driver",
              "secret",
              "pairing",
              "ecdsaKey",
              "eddsaKey",
              "ecdsaSignature",
              "eddsaSignature")) {
        assertTrue(about.path("timingsMs").path(step).isIntegralNumber(), step);
      }
      assertEquals("true", about.path("memory").path("locked").asText());
      assertTrue(
          List.of("portable", "ifma").contains(about.path("kernel").asText()),
          about.path("kernel").asText());
    }
    assertEquals(List.of(), leftBehind());
    return result;
  }

  private static byte[] bytes(JsonNode result, String field) {
    return HEX.parseHex(result.path(field).asText());
  }

  /** SEC 1 §4.1.4 written out, low s, and §4.1.6 for the recovery id. */
  private static void requireEcdsa(JsonNode result, byte[] digest) {
    X9ECParameters curve = SECNamedCurves.getByName("secp256k1");
    BigInteger n = curve.getN();
    BigInteger r = new BigInteger(1, bytes(result, "r"));
    BigInteger s = new BigInteger(1, bytes(result, "s"));
    BigInteger e = new BigInteger(1, digest);
    ECPoint q = curve.getCurve().decodePoint(bytes(result, "ecdsaPublicKey"));
    BigInteger w = s.modInverse(n);
    ECPoint point =
        curve
            .getG()
            .multiply(e.multiply(w).mod(n))
            .add(q.multiply(r.multiply(w).mod(n)))
            .normalize();
    assertEquals(r, point.getAffineXCoord().toBigInteger().mod(n));
    assertTrue(s.signum() > 0 && s.compareTo(n.shiftRight(1)) <= 0, "low s");
    // u1·G + u2·Q is R itself.
    int parity = point.getAffineYCoord().toBigInteger().testBit(0) ? 1 : 0;
    int high = point.getAffineXCoord().toBigInteger().compareTo(n) >= 0 ? 2 : 0;
    assertEquals(parity | high, result.path("recovery").asInt());
  }

  /** With the JDK's Ed25519. */
  private static void requireEddsa(JsonNode result, byte[] message) throws Exception {
    byte[] prefix = HEX.parseHex("302a300506032b6570032100"); // SubjectPublicKeyInfo, RFC 8410
    byte[] key = bytes(result, "eddsaPublicKey");
    byte[] encoded = java.util.Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, encoded, prefix.length, key.length);
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
    verifier.update(message);
    assertTrue(verifier.verify(bytes(result, "eddsaSignature")));
  }

  private static void requireKeys(JsonNode result, long coin, long account) {
    byte[] a = HEX.parseHex(SEED_A);
    byte[] b = HEX.parseHex(SEED_B);
    assertEquals(
        HEX.formatHex(ReferenceKeys.ecdsaKey(a, b, coin, account)),
        result.path("ecdsaPublicKey").asText());
    assertEquals(
        HEX.formatHex(ReferenceKeys.eddsaKey(a, b, coin, account)),
        result.path("eddsaPublicKey").asText());
  }

  @Test
  void seedsGiveTheKeysOfBip32InTokensAndInSoftware() throws Exception {
    String digest = "ff".repeat(32);
    String message = "Grüße, \"quoted\" \\ 𝄞";
    JsonNode tokens =
        json(
            "--seed-a",
            SEED_A,
            "--seed-b",
            SEED_B,
            "--coin",
            "501",
            "--account",
            "2147483647",
            "--digest",
            digest,
            "--message",
            message);
    requireKeys(tokens, 501, 2147483647L);
    requireEcdsa(tokens, HEX.parseHex(digest));
    requireEddsa(tokens, message.getBytes(StandardCharsets.UTF_8));
    assertTrue(tokens.path("parties").path("a").path("custody").asText().contains("SoftHSM"));
    assertEquals(
        "true",
        tokens
            .path("parties")
            .path("b")
            .path("attributes")
            .path("spatium:party-b:seal-mac CKA_NEVER_EXTRACTABLE")
            .asText());

    JsonNode software =
        json(
            "--driver",
            "software",
            "--seed-a",
            SEED_A,
            "--seed-b",
            SEED_B,
            "--coin",
            "501",
            "--account",
            "2147483647");
    requireKeys(software, 501, 2147483647L);
    assertNotEquals(tokens.path("pairingId"), software.path("pairingId"));
    assertNotEquals(tokens.path("r"), software.path("r"), "nonces are fresh");
  }

  @Test
  void withoutSeedsTheSecretsAreTheTokens() throws Exception {
    JsonNode result = json();
    requireEcdsa(
        result,
        MessageDigest.getInstance("SHA-256")
            .digest("Pay 1 BTC to Alice".getBytes(StandardCharsets.UTF_8)));
    requireEddsa(result, "Pay 1 BTC to Alice".getBytes(StandardCharsets.UTF_8));
    JsonNode again = json("--message", "");
    requireEddsa(again, new byte[0]);
    assertNotEquals(result.path("ecdsaPublicKey"), again.path("ecdsaPublicKey"));
  }

  @Test
  void theStoryEndsWithTwoVerifiedSignaturesAndTellsNoSeed() throws Exception {
    Outcome outcome =
        run(
            "--level",
            "112",
            "--driver",
            "software",
            "--seed-a",
            SEED_A,
            "--seed-b",
            SEED_B,
            "--coin",
            "0");
    assertEquals(0, outcome.exit(), outcome.err());
    for (String expected :
        List.of(
            "Two verified signatures",
            "The digits are equal",
            "memfd_secret",
            "arithmetic kernel",
            "m/44'/0'/0'/0'/0'")) {
      assertTrue(outcome.out().contains(expected), expected + " in " + outcome.out());
    }
    assertFalse((outcome.out() + outcome.err()).contains(SEED_A));
    assertFalse((outcome.out() + outcome.err()).contains(SEED_B));
    assertEquals(List.of(), leftBehind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nonsense",
        "nonsense",
        "--level 127",
        "--level many",
        "--driver tpm",
        "--coin -1",
        "--coin 2147483648",
        "--account 99999999999999999999",
        "--digest 00",
        "--digest zz",
        "--seed-a 0011",
        "--seed-a 00112233445566778899aabbccddeef",
        "--seed-b not-hex-not-hex-not-hex-not-hex-",
        "--seed-a",
        "--json --json=maybe",
        "doctor --pin-file /no/such/file",
        "doctor --nonsense",
        "party",
      })
  void badOptionsAreOneClearLineAndExitCodeTwo(String options) throws Exception {
    Outcome outcome = run(options.split(" ", -1));
    assertEquals(2, outcome.exit(), outcome.err());
    assertEquals("", outcome.out());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertTrue(outcome.err().startsWith("spatium: "), outcome.err());
    assertFalse(outcome.err().contains("Exception"), outcome.err());
    assertFalse(
        outcome.err().contains("not-hex-not-hex") || outcome.err().contains("ccddeef"),
        "a seed is not repeated");
  }

  @Test
  void helpIsHelp() throws Exception {
    Outcome outcome = run("--help");
    assertEquals(0, outcome.exit());
    for (String option : List.of("--seed-a", "--digest", "--level", "--json", "doctor")) {
      assertTrue(outcome.out().contains(option), option);
    }
    assertFalse(outcome.out().contains("party  "), "the children's command is hidden");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void whenItIsStoppedItsChildrenEndAndNothingIsLeft(String signal) throws Exception {
    Process process = start(Map.of(), "--driver", "software");
    BufferedReader story =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    // What begins here takes the parties a second or more: deriving a key from the passphrase.
    String line = story.readLine();
    while (line != null && !line.contains("Drivers: ")) {
      line = story.readLine();
    }
    assertTrue(line != null, "it has come so far");
    List<ProcessHandle> children = process.toHandle().children().toList();
    assertEquals(2, children.size());
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
    assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES));
    for (ProcessHandle child : children) {
      child.onExit().get(MINUTES, TimeUnit.MINUTES);
    }
    assertEquals(List.of(), leftBehind());
  }

  /** A token as an operator makes it, and the doctor's judgement. */
  @Test
  void theDoctorSaysWhetherTheDriverCouldStart() throws Exception {
    Path root = Path.of(System.getProperty("project.root"));
    Map<String, String> token = new HashMap<>();
    Process made =
        new ProcessBuilder(
                root.resolve("softhsm-config/make-token.sh").toString(),
                "doctor-1",
                scratch.resolve("token").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    for (String line :
        new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
      String[] parts = line.substring("export ".length()).split("=", 2);
      token.put(parts[0], parts[1].replace("'", ""));
    }
    assertEquals(0, made.waitFor());
    String pinFile = token.get("SPATIUM_PIN_FILE");
    Outcome good =
        run(
            token,
            "doctor",
            "--label",
            "doctor-1",
            "--pin-file",
            pinFile,
            "--module",
            token.get("SPATIUM_PKCS11_MODULE"));
    assertEquals(0, good.exit(), good.out() + good.err());
    assertTrue(good.out().contains("The driver can start."), good.out());

    Outcome noPin = run(token, "doctor", "--label", "doctor-1");
    assertEquals(1, noPin.exit(), noPin.out());
    Outcome otherLabel = run(token, "doctor", "--label", "other", "--pin-file", pinFile);
    assertEquals(1, otherLabel.exit(), otherLabel.out());
    assertTrue(otherLabel.out().contains("[no]"), otherLabel.out());
    Outcome noModule =
        run(token, "doctor", "--module", "/no/such/module.so", "--pin-file", pinFile);
    assertEquals(1, noModule.exit(), noModule.out());

    Path wrong = Files.writeString(scratch.resolve("wrong.pin"), "00000000\n");
    Files.setPosixFilePermissions(
        wrong, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    Outcome wrongPin = run(token, "doctor", "--label", "doctor-1", "--pin-file", wrong.toString());
    assertEquals(1, wrongPin.exit(), wrongPin.out());
    assertTrue(wrongPin.out().contains("PIN"), wrongPin.out());
    Files.setPosixFilePermissions(
        wrong, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Outcome openFile = run(token, "doctor", "--label", "doctor-1", "--pin-file", wrong.toString());
    assertEquals(1, openFile.exit(), openFile.out());
    assertTrue(
        openFile.out().contains("0600")
            || openFile.out().toLowerCase(java.util.Locale.ROOT).contains("permission"),
        openFile.out());
  }
}
