/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Speed, ours beside its rivals in the same run: compare ratios, since machines are noisy. Each
 * benchmark checks its result in set-up.
 *
 * <pre>{@code java -jar benchmarks/target/benchmarks.jar ProtocolBenchmark -p level=BITS_128}</pre>
 */
@NullMarked
package com.spatium.benchmarks;

import org.jspecify.annotations.NullMarked;
