/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.signer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.pkcs11.SoftHsmTokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The coordinator's end of a {@link Party}: starts the process, and talks to it in JSON lines. One
 * thread at a time asks.
 */
final class PartyProcess implements AutoCloseable {
  private static final ObjectMapper json = new ObjectMapper();
  private static final int PIN_BYTES = 16;
  private static final int GRACE_SECONDS = 10;

  /** The JDK that begins to warn of native code which the command line does not allow. */
  private static final int NATIVE_ACCESS_SINCE = 24;

  private final String name;
  private final Narrator narrator;
  private final Path directory;
  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;
  private final long startedAt = System.nanoTime();

  private PartyProcess(String name, Narrator narrator, Path directory, Process process) {
    this.name = name;
    this.narrator = narrator;
    this.directory = directory;
    this.process = process;
    this.in = process.getOutputStream();
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts the party and gives it its PIN, and its seed if it has one, through the pipe.
   *
   * @param name a or b
   * @param root where its directory is made
   */
  static PartyProcess start(
      String name, DemoPlan plan, Optional<Bytes> seed, Path root, Narrator narrator) {
    try {
      Path directory =
          Files.createDirectory(
              root.resolve(name),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path scratch = Files.createDirectory(directory.resolve("tmp"));
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      // No debugger, no profiler, no heap dump of a party from outside.
      command.addAll(
          List.of(
              "-XX:+DisableAttachMechanism",
              "-XX:+UseSerialGC",
              "-Xmx256m",
              "-Djava.io.tmpdir=" + scratch));
      if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
        command.add("--enable-native-access=ALL-UNNAMED");
      }
      command.addAll(
          List.of(
              "-cp",
              System.getProperty("java.class.path"),
              Main.class.getName(),
              "party",
              "--name",
              name));
      command.addAll(
          List.of(
              "--peer",
              "party-" + (name.equals("a") ? "b" : "a"),
              "--directory",
              directory.toString()));
      command.addAll(List.of("--level", plan.level().name(), "--driver", plan.driver().name()));
      seed.ifPresent(given -> command.add("--seeded"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      if (plan.driver() == DemoPlan.Driver.PKCS11) {
        builder.environment().put("SOFTHSM2_CONF", SoftHsmTokens.configure(directory).toString());
      }
      PartyProcess party = new PartyProcess(name, narrator, directory, builder.start());
      byte[] pin = new byte[PIN_BYTES];
      new SecureRandom().nextBytes(pin);
      party.writeLine(Bytes.of(pin).toHex());
      if (seed.isPresent()) {
        party.writeLine(seed.get().toHex());
      }
      return party;
    } catch (IOException e) {
      throw new DemoFailure("party " + name + " could not be started: " + e.getMessage());
    }
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  private void writeLine(String line) throws IOException {
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Sends a command and waits for its answer. Arguments are names and values in turn. */
  JsonNode ask(String command, Object... arguments) {
    ObjectNode request = json.createObjectNode().put("do", command);
    for (int i = 0; i < arguments.length; i += 2) {
      request.set(arguments[i].toString(), json.valueToTree(arguments[i + 1]));
    }
    try {
      writeLine(request.toString());
    } catch (IOException e) {
      throw ended();
    }
    while (true) {
      JsonNode event = event();
      switch (event.path("event").asText()) {
        case "done" -> {
          return event;
        }
        case "progress" -> narrator.progress(label(), event.path("what").asText());
        default ->
            throw new DemoFailure(
                "party " + label() + ": " + event.path("message").asText(event.toString()));
      }
    }
  }

  private JsonNode event() {
    try {
      String line = out.readLine();
      if (line == null) {
        throw ended();
      }
      return json.readTree(line);
    } catch (JsonProcessingException e) {
      throw new DemoFailure("party " + label() + " said something that is not JSON");
    } catch (IOException e) {
      throw ended();
    }
  }

  private String label() {
    return name.toUpperCase(Locale.ROOT);
  }

  private DemoFailure ended() {
    return new DemoFailure(
        "party "
            + label()
            + " ended unexpectedly"
            + (process.isAlive() ? "" : ", exit code " + process.exitValue()));
  }

  /** Milliseconds since the process was started. */
  long age() {
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  /** Lets the party wipe and go; kills it if it does not; deletes its directory. */
  @Override
  public void close() {
    try {
      writeLine("{\"do\":\"quit\"}");
      in.close();
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
    Directories.delete(directory);
  }

  /** At once: when the coordinator itself is told to go. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
