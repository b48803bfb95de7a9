/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Speed, ours beside its rivals in the same run: compare ratios, since machines are noisy. Each
 * benchmark checks its result, and its rivals', in set-up.
 *
 * <p>{@code ci/bench} runs the {@link com.spatium.benchmarks.Plan} and writes the report; one
 * benchmark alone:
 *
 * <pre>{@code
 * java -cp benchmarks/target/benchmarks.jar org.openjdk.jmh.Main PowerBenchmark.one -p row=N2_6144 -p library=ifma,OpenSSL
 * }</pre>
 */
@NullMarked
package com.spatium.benchmarks;

import org.jspecify.annotations.NullMarked;
