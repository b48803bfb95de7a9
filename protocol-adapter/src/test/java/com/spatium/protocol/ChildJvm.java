/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JVM with this test's class path: for tests that kill processes, or look into them. Killed when
 * closed.
 */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private ChildJvm(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Its stderr is this process's.
   *
   * @param scratch where it unpacks native libraries, which it does not delete when it is killed
   */
  public static ChildJvm start(
      Class<?> main,
      Path scratch,
      Map<String, String> environment,
      List<String> jvm,
      String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-Djava.io.tmpdir=" + scratch);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try {
      return new ChildJvm(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Process process() {
    return process;
  }

  /** Its next line on stdout; empty when it has ended. */
  public Optional<String> line() {
    try {
      return Optional.ofNullable(out.readLine());
    } catch (IOException e) {
      return Optional.empty(); // killed
    }
  }

  /** {@code kill -9}. What it has written before can still be read. */
  public void kill() {
    process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe
  }

  public int waitFor() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    waitFor();
  }
}
