/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.spatium.cryptodriver.CryptoDriver;
import com.spatium.cryptodriver.MemoryStateStore;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.TestParameters;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import com.spatium.protocol.ChildJvm;
import com.spatium.protocol.ProtocolOptions;
import com.spatium.protocol.SpatiumProtocol;
import com.spatium.protocol.TcpTransport;
import com.spatium.protocol.TestParty;
import com.spatium.signer.cli.ReferenceKeys;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After pairing, synchronisation and signatures of both suites, no secret is anywhere in the
 * party's process but in the vault: not in a dump of the whole heap, garbage included, and not in
 * any memory that the process may read.
 */
final class CustodyIT {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] DIGEST = new byte[32];
  private static final byte[] MESSAGE = "signed by nobody alone".getBytes(StandardCharsets.UTF_8);

  static {
    Arrays.fill(DIGEST, (byte) 0x5a);
  }

  @TempDir Path directory;

  private final String secret = UUID.randomUUID().toString();
  private final String ecdsaSession = UUID.randomUUID().toString();
  private final String eddsaSession = UUID.randomUUID().toString();
  private final byte[] seed = new byte[64];
  private final byte[] pin = new byte[24];
  private final Map<String, byte[]> spied = new LinkedHashMap<>();

  @Test
  void noSecretOfP1IsOutsideTheVaultOfLockedMemory() throws Exception {
    run(true, true);
  }

  @Test
  void noSecretOfP2IsOutsideTheVault() throws Exception {
    run(false, false);
  }

  private void run(boolean victimIsP1, boolean fallback) throws Exception {
    new SecureRandom().nextBytes(seed);
    new SecureRandom().nextBytes(pin);
    Path fifo = directory.resolve("spied");
    assertEquals(0, new ProcessBuilder("mkfifo", "-m", "600", fifo.toString()).start().waitFor());
    String conf = SoftHsmTokens.configure(directory).toString();
    try (TcpTransport tcp = TcpTransport.listen(0, Victim.VICTIM);
        ChildJvm victim =
            ChildJvm.start(
                Victim.class,
                directory,
                Map.of("SOFTHSM2_CONF", conf),
                List.of("-Xmx96m"),
                directory.toString(),
                fifo.toString(),
                String.valueOf(tcp.port()),
                secret,
                fallback ? "fallback" : "default");
        CryptoDriver driver =
            TestParty.open(
                TestParty.config(!victimIsP1).withAuthenticatedPeers(Set.of(Victim.VICTIM)),
                new MemoryStateStore(),
                directory,
                !victimIsP1)) {
      CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> readSpied(fifo));
      tell(victim, HEX.formatHex(pin));
      tell(victim, HEX.formatHex(seed));
      TestParty.importSeed(driver, SecretId.of(secret), !victimIsP1);
      WireTap wire = new WireTap(tcp);
      try (SpatiumProtocol protocol =
          new SpatiumProtocol(
              driver,
              wire,
              ProtocolOptions.of(Victim.VICTIM, Victim.ROOM)
                  .withMessageTimeout(Duration.ofMinutes(2)))) {
        String[] ready = victim.line().orElseThrow().split(" ", -1);
        assertEquals("ready", ready[0]);
        long vault = Long.parseLong(ready[1]);
        boolean secretMemory = Boolean.parseBoolean(ready[2]);
        String[] signed = victimIsP1 ? signAsP1(victim) : signAsP2(protocol, victim);
        assertEquals("spied", ask(victim, "spied"));
        reading.get();
        SecretScanner scanner = secrets(victimIsP1, wire, signed);
        look(victim, scanner, vault, secretMemory, victimIsP1);
        controls(victim, scanner, vault);
      }
    }
  }

  private static void tell(ChildJvm victim, String line) throws IOException {
    OutputStream in = victim.process().getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  private static String ask(ChildJvm victim, String line) throws IOException {
    tell(victim, line);
    return victim.line().orElseThrow(() -> new AssertionError("the victim ended at " + line));
  }

  private void readSpied(Path fifo) {
    try (DataInputStream in = new DataInputStream(new FileInputStream(fifo.toFile()))) {
      while (true) {
        String aad = new String(in.readNBytes(in.readInt()), StandardCharsets.ISO_8859_1);
        byte[] secretBytes = in.readNBytes(in.readInt());
        String what =
            List.of("record-key", "pedersen", "seed", "paillier", "static", "pair-key").stream()
                .filter(aad::contains)
                .findFirst()
                .orElseThrow(() -> new AssertionError("a sealed secret of an unknown kind"));
        spied.put(what, secretBytes);
      }
    } catch (EOFException e) {
      // The victim has closed it.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** r, s, R, s in base64. */
  private String[] signAsP1(ChildJvm victim) throws IOException {
    assertEquals("synchronised", ask(victim, "sync " + ecdsaSession + " " + eddsaSession));
    return ask(
            victim,
            String.join(
                " ",
                "sign",
                ecdsaSession,
                eddsaSession,
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString(),
                base64(DIGEST),
                base64(MESSAGE)))
        .split(" ", -1);
  }

  private String[] signAsP2(SpatiumProtocol protocol, ChildJvm victim) {
    assertTrue(victim.process().isAlive());
    protocol.syncDistributedEcdsaKey(secret, ecdsaSession, "secp256k1", 60, 0);
    protocol.syncDistributedEddsaKey(secret, eddsaSession, "ed25519", 60, 0);
    var ecdsa =
        protocol.signEcdsaMessage(
            secret, ecdsaSession, UUID.randomUUID().toString(), base64(DIGEST), "");
    var eddsa =
        protocol.signEddsaMessage(
            secret, eddsaSession, UUID.randomUUID().toString(), base64(MESSAGE), "");
    return new String[] {ecdsa.r(), ecdsa.s(), eddsa.R(), eddsa.s()};
  }

  /** Everything that the victim must keep to itself. */
  private SecretScanner secrets(boolean victimIsP1, WireTap wire, String[] signed) {
    assertEquals(
        Set.of("record-key", "pedersen", "seed", "paillier", "static", "pair-key"),
        new HashSet<>(spied.keySet()),
        "what was sealed");
    assertTrue(contains(spied.get("seed"), seed), "the pipe tells the truth");
    SecretScanner scanner = new SecretScanner();
    scanner.addBytes("seed", seed);
    scanner.addBytes("PIN", pin);
    scanner.addBytes("PIN as typed", HEX.formatHex(pin).getBytes(StandardCharsets.US_ASCII));
    scanner.addBytes("record key", spied.get("record-key"));
    scanner.addBytes("pair key", spied.get("pair-key"));
    scanner.addNumber("static key", number(spied.get("static"), 3, 32), 32); // version, kind, curve

    // BIP-32's way from the seed to the fragments.
    long[] path = {44, 60, 0, 0, 0};
    for (int depth = 0; depth <= path.length; depth++) {
      scanner.addNumber(
          "BIP-32 key at depth " + depth,
          ReferenceKeys.derive(seed, Arrays.copyOf(path, depth)),
          32);
    }
    byte[] seedOfP1 = victimIsP1 ? seed : TestParty.SEED_A;
    byte[] seedOfP2 = victimIsP1 ? TestParty.SEED_B : seed;
    BigInteger a = ReferenceKeys.eddsaFragment(seed, 60, 0);
    scanner.addNumber("ECDSA fragment", ReferenceKeys.ecdsaFragment(seed, 60, 0), 32);
    scanner.addNumber("EdDSA fragment", a, 32);

    int half = 128;
    byte[] paillier = spied.get("paillier"); // version, kind, bits (2), p, q, N
    BigInteger p = number(paillier, 4, half);
    BigInteger q = number(paillier, 4 + half, half);
    assertEquals(p.multiply(q), number(paillier, 4 + 2 * half, 2 * half), "N");
    addFactors(scanner, "Paillier", p, q);
    byte[] pedersen = spied.get("pedersen"); // version, kind, flags, bits (2), p, q, N, …
    BigInteger ph = number(pedersen, 5, half);
    BigInteger qh = number(pedersen, 5 + half, half);
    assertEquals(ph.multiply(qh), number(pedersen, 5 + 2 * half, 2 * half), "N^");
    addFactors(scanner, "ring-Pedersen", ph, qh);

    byte[] r = Base64.getDecoder().decode(signed[0]);
    byte[] s = Base64.getDecoder().decode(signed[1]);
    BigInteger x =
        ReferenceKeys.ecdsaFragment(seedOfP1, 60, 0)
            .multiply(ReferenceKeys.ecdsaFragment(seedOfP2, 60, 0));
    int mine = victimIsP1 ? 0 : 1;
    BigInteger[] factorsOfP1 =
        victimIsP1
            ? new BigInteger[] {p, q}
            : new BigInteger[] {
              TestParameters.paillierFactor(1, 0), TestParameters.paillierFactor(1, 1)
            };
    BigInteger[] k = Recovered.ecdsaNonces(wire, factorsOfP1[0], factorsOfP1[1], x, DIGEST, r, s);
    scanner.addNumber("ECDSA nonce", k[mine], 32);
    byte[] signature = new byte[64];
    System.arraycopy(Base64.getDecoder().decode(signed[2]), 0, signature, 0, 32);
    System.arraycopy(Base64.getDecoder().decode(signed[3]), 0, signature, 32, 32);
    BigInteger[] kEd =
        Recovered.eddsaNonces(
            wire,
            ReferenceKeys.eddsaFragment(seedOfP1, 60, 0),
            ReferenceKeys.eddsaFragment(seedOfP2, 60, 0),
            ReferenceKeys.eddsaKey(seedOfP1, seedOfP2, 60, 0),
            MESSAGE,
            signature);
    scanner.addNumber("EdDSA nonce", kEd[mine], 32);
    return scanner;
  }

  private static void addFactors(SecretScanner scanner, String of, BigInteger p, BigInteger q) {
    scanner.addNumber(of + " p", p, 128);
    scanner.addNumber(of + " q", q, 128);
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    // phi = N - (p + q) + 1: its upper half is that of N, which is public.
    scanner.addNumber(
        of + " phi, lower half", p1.multiply(q1).mod(BigInteger.ONE.shiftLeft(8 * 120)), 120);
    // What computing by CRT keeps beside the factors.
    BigInteger n = p.multiply(q);
    scanner.addNumber(of + " 1/p mod q", p.modInverse(q), 128);
    scanner.addNumber(of + " 1/q mod p", q.modInverse(p), 128);
    if (n.gcd(p1).equals(BigInteger.ONE) && n.gcd(q1).equals(BigInteger.ONE)) {
      scanner.addNumber(of + " 1/N mod p-1", n.modInverse(p1), 128);
      scanner.addNumber(of + " 1/N mod q-1", n.modInverse(q1), 128);
    }
  }

  private static BigInteger number(byte[] bytes, int at, int length) {
    return new BigInteger(1, Arrays.copyOfRange(bytes, at, at + length));
  }

  private static boolean contains(byte[] all, byte[] part) {
    return new String(all, StandardCharsets.ISO_8859_1)
        .contains(new String(part, StandardCharsets.ISO_8859_1));
  }

  private Path dump(ChildJvm victim) throws IOException {
    Path file = directory.resolve("heap.hprof");
    Files.deleteIfExists(file);
    assertEquals("dumped", ask(victim, "dump " + file));
    return file;
  }

  private void look(
      ChildJvm victim, SecretScanner scanner, long vault, boolean secretMemory, boolean victimIsP1)
      throws IOException {
    assertEquals(Set.of(), scanner.file(dump(victim)), "in the heap dump");
    SecretScanner.MemoryReport memory = scanner.memory(victim.process().pid(), vault);
    assertEquals(Set.of(), memory.found(), "in the process's memory");
    assertTrue(memory.scanned() > 50 << 20, "only " + memory.scanned() + " bytes were looked at");
    // Kernel pages that nobody may read through /proc.
    List<String> unreadable =
        memory.unreadable().stream()
            .filter(line -> !line.contains("[vvar") && !line.contains("[vsyscall"))
            .toList();
    assertEquals(List.of(), unreadable);
    SecretScanner.MemoryReport inside = scanner.onlyMappingOf(victim.process().pid(), vault);
    if (secretMemory) {
      // memfd_secret: refused even to whoever may trace the process.
      assertEquals(0, inside.scanned());
      assertEquals(1, inside.unreadable().size());
    } else {
      // There they are, in the forms that are looked for: the patterns are right.
      Set<String> expected =
          new HashSet<>(
              Set.of(
                  "seed",
                  "record key",
                  "pair key",
                  "ECDSA fragment, reversed",
                  "EdDSA fragment, reversed"));
      if (victimIsP1) { // P2 has no use for its Paillier key
        expected.addAll(Set.of("Paillier p, reversed", "Paillier q, reversed"));
      }
      assertTrue(inside.found().containsAll(expected), inside.found().toString());
    }
    System.out.printf(
        "custody: %d patterns, heap dump of %d MiB, %d MiB of memory, nothing found; vault of %s%n",
        scanner.patterns(),
        Files.size(directory.resolve("heap.hprof")) >> 20,
        memory.scanned() >> 20,
        secretMemory
            ? "memfd_secret, unreadable"
            : "locked memory, " + inside.found().size() + " forms of secrets found in it");
  }

  /** The same search finds what is leaked on purpose. */
  private void controls(ChildJvm victim, SecretScanner scanner, long vault) throws IOException {
    assertEquals("leaked", ask(victim, "leak malloc"));
    assertEquals(Set.of("seed, reversed"), names(scanner.memory(victim.process().pid(), vault)));
    assertEquals(Set.of(), scanner.file(dump(victim)), "malloc is not the heap");
    assertEquals("leaked", ask(victim, "leak number"));
    assertFalse(scanner.file(dump(victim)).isEmpty(), "BigInteger in the heap dump");
    assertTrue(
        names(scanner.memory(victim.process().pid(), vault)).contains("seed, words"),
        "BigInteger in memory");
    assertEquals("leaked", ask(victim, "leak text"));
    assertTrue(scanner.file(dump(victim)).contains("seed, hex"));
    assertEquals("leaked", ask(victim, "leak array"));
    assertTrue(scanner.file(dump(victim)).contains("seed"));
    assertTrue(
        names(scanner.memory(victim.process().pid(), vault))
            .containsAll(Set.of("seed", "seed, hex")));
  }

  private static Set<String> names(SecretScanner.MemoryReport report) {
    return report.found().stream().collect(Collectors.toSet());
  }
}
