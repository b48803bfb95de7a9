/* SPDX-License-Identifier: Apache-2.0 */
/** From JMH's JSON to one page that says what is fast, beside whom, and why not faster. */
@NullMarked
package com.spatium.benchmarks.report;

import org.jspecify.annotations.NullMarked;
