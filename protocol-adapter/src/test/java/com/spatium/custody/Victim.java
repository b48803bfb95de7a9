/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.custody;

import com.spatium.cryptodriver.DriverConfig;
import com.spatium.cryptodriver.PeerId;
import com.spatium.cryptodriver.SecretId;
import com.spatium.cryptodriver.SecurityLevel;
import com.spatium.cryptodriver.SigningPolicy;
import com.spatium.cryptodriver.engine.EngineDriver;
import com.spatium.cryptodriver.pkcs11.PinSource;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import com.spatium.cryptodriver.pkcs11.TokenConfig;
import com.spatium.cryptodriver.pkcs11.TokenCustody;
import com.spatium.ecmath.EcMath;
import com.spatium.ecmath.SecretBlob;
import com.spatium.ecmath.SecretFormat;
import com.spatium.ecmath.Vault;
import com.spatium.ecmath.VaultOptions;
import com.spatium.protocol.ProtocolOptions;
import com.spatium.protocol.SpatiumProtocol;
import com.spatium.protocol.SqliteStateStore;
import com.spatium.protocol.TcpTransport;
import com.sun.jna.Memory;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The party that is looked into: token custody in SoftHSM, SQLite store, TCP, everything as in
 * production but for the {@link SpyCustody} in between. PIN and seed are the first lines of stdin;
 * then come commands.
 */
public final class Victim {
  static final PeerId VICTIM = new PeerId("victim");
  static final PeerId SCANNER = new PeerId("scanner");
  static final String ROOM = "custody";

  /** What was leaked on purpose stays reachable. */
  private static final List<Object> leaked = new ArrayList<>();

  private Victim() {}

  /** directory, fifo, port of the scanner's transport, secretId, "fallback" or "default" */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    EcMath ecmath = EcMath.open(options(args[4].equals("fallback")));
    SecretBlob pin = ecmath.vault().readFd(0, SecretFormat.LINE, 256);
    SecretBlob seed = ecmath.vault().readFd(0, SecretFormat.HEX_LINE, 256);
    Path module = SoftHsmTokens.module().orElseThrow();
    try (SecretBlob officer = ecmath.vault().random(32, null)) {
      SoftHsmTokens.create(ecmath, module, "victim", officer, pin);
    }
    DriverConfig config =
        DriverConfig.of("victim")
            .withLevel(SecurityLevel.BITS_112)
            .withMinimumLevel(SecurityLevel.BITS_112)
            .withAuthenticatedPeers(Set.of(SCANNER))
            .withPolicy(request -> SigningPolicy.approve());
    SpyCustody spy =
        new SpyCustody(
            ecmath,
            TokenCustody.provision(
                ecmath,
                TokenConfig.of(module, "victim", PinSource.held(ecmath.vault(), pin)),
                "victim"),
            Path.of(args[1]));
    SqliteStateStore store = SqliteStateStore.open(directory.resolve("state.db"));
    EngineDriver driver = new EngineDriver(config, store, spy, ecmath);
    SecretId secret = SecretId.of(args[3]);
    driver.secrets().importSeed(secret, seed);
    TcpTransport transport =
        TcpTransport.connect(Integer.parseInt(args[2]), SCANNER, Duration.ofSeconds(30));
    SpatiumProtocol protocol =
        new SpatiumProtocol(
            driver,
            transport,
            ProtocolOptions.of(SCANNER, ROOM).withMessageTimeout(Duration.ofMinutes(2)));
    answer(
        "ready "
            + ecmath.vault().access().address(seed)
            + " "
            + ecmath.vault().report().secretMemory());

    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] command = line.split(" ", -1);
      switch (command[0]) {
        case "sync" -> {
          protocol.syncDistributedEcdsaKey(args[3], command[1], "secp256k1", 60, 0);
          protocol.syncDistributedEddsaKey(args[3], command[2], "ed25519", 60, 0);
          answer("synchronised");
        }
        case "sign" -> {
          var ecdsa = protocol.signEcdsaMessage(args[3], command[1], command[3], command[5], "");
          var eddsa = protocol.signEddsaMessage(args[3], command[2], command[4], command[6], "");
          answer(String.join(" ", ecdsa.r(), ecdsa.s(), eddsa.R(), eddsa.s()));
        }
        case "spied" -> {
          spy.end();
          answer("spied");
        }
        case "dump" -> {
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .dumpHeap(command[1], false);
          answer("dumped");
        }
        case "leak" -> {
          leaked.add(leak(ecmath.vault(), seed, command[1]));
          answer("leaked");
        }
        default -> throw new IllegalArgumentException(line);
      }
    }
    protocol.close();
    transport.close();
    driver.close();
    store.close();
  }

  private static VaultOptions options(boolean fallback) {
    VaultOptions options = VaultOptions.defaults();
    return fallback ? new VaultOptions(options.bytes(), false, false, true) : options;
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** The control: what a careless programmer does with a secret. */
  private static Object leak(Vault vault, SecretBlob seed, String how) {
    ByteBuffer direct = vault.access().direct(seed);
    switch (how) {
      case "array" -> {
        byte[] copy = new byte[direct.remaining()];
        direct.get(copy);
        return copy;
      }
      case "number" -> {
        byte[] copy = new byte[direct.remaining()];
        direct.get(copy);
        BigInteger number = new BigInteger(1, copy);
        java.util.Arrays.fill(copy, (byte) 0);
        return number;
      }
      case "text" -> {
        StringBuilder text = new StringBuilder();
        while (direct.hasRemaining()) {
          text.append(String.format("%02x", direct.get()));
        }
        return text.toString();
      }
      case "malloc" -> {
        // In the other byte order, and only a half.
        Memory memory = new Memory(16);
        for (int i = 0; i < 16; i++) {
          memory.setByte(15 - i, direct.get(i));
        }
        return memory;
      }
      default -> throw new IllegalArgumentException(how);
    }
  }
}
