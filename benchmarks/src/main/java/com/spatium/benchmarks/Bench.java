/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.spatium.benchmarks.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the {@link Plan} and writes the report. {@code ci/bench} builds and calls it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Runs the benchmarks and writes one page with the results, and the raw JSON.")
public final class Bench implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--quick", description = "fewer sizes and rivals, shorter: a few minutes")
  private boolean quick;

  @Option(names = "--only", description = "only groups whose title contains this")
  private String only = "";

  @Option(names = "--page-only", description = "write the page anew from the JSON of the last run")
  private boolean pageOnly;

  @Option(
      names = "--keep",
      description = "copies the last report into this folder, made smaller, and measures nothing")
  private @Nullable Path keep;

  @Option(names = "--readme", description = "with --keep: the file to write the table into")
  private @Nullable Path readme;

  @Option(names = "--out", description = "folder of the report", defaultValue = "report")
  private Path out = Path.of("report");

  private int failures;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    if (keep != null) {
      new Report(out).keep(keep);
      if (readme != null) {
        new Report(out).summarise(readme);
      }
      return 0;
    }
    Files.createDirectories(out);
    if (!pageOnly) {
      measure();
    }
    new Report(out).write();
    System.out.println("report: " + out.resolve("index.html").toAbsolutePath());
    return failures == 0 ? 0 : 1;
  }

  private void measure() throws IOException, RunnerException {
    List<String> kernels = Kernel.available();
    JSON.writeValue(out.resolve(Report.MACHINE).toFile(), Machine.describe(quick, kernels));
    List<Plan.Group> groups =
        new Plan(quick, kernels)
            .groups().stream().filter(group -> group.title().contains(only)).toList();
    double total = groups.stream().mapToDouble(Plan.Group::seconds).sum();
    double left = total;
    System.out.printf("%d groups, about %s%n", groups.size(), minutes(total));
    Path state = Files.createTempDirectory("spatium-bench-state-");
    Collection<RunResult> results = new ArrayList<>();
    try {
      for (Plan.Group group : groups) {
        System.out.printf(
            "  %-58s %3d runs, %s left%n", group.title(), group.forks(), minutes(left));
        results.addAll(run(group, state));
        left -= group.seconds();
      }
    } finally {
      delete(state);
    }
    try (PrintStream json =
        new PrintStream(
            Files.newOutputStream(out.resolve(Report.RESULTS)), false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, json).writeOut(results);
    }
  }

  private Collection<RunResult> run(Plan.Group group, Path state) throws RunnerException {
    Path log = out.resolve("jmh.log");
    ChainedOptionsBuilder options =
        group
            .options()
            .forks(1)
            .addProfiler(Steps.class)
            .jvmArgsAppend("-D" + Prepared.FOLDER + "=" + state)
            .output(log.toString());
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() < group.forks()) {
      failures++;
      System.out.printf("  %d of these failed: see %s%n", group.forks() - results.size(), log);
      try {
        Files.copy(
            log,
            out.resolve("failed-" + failures + ".log"),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        System.out.println("  and the log is lost: " + e);
      }
    }
    return results;
  }

  private static String minutes(double seconds) {
    Duration duration = Duration.ofSeconds(Math.max(0, Math.round(seconds)));
    return "%d:%02d min".formatted(duration.toMinutes(), duration.toSecondsPart());
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
