/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;

/** The page. */
final class Page {
  private final JsonNode machine;
  private final Results results;

  Page(JsonNode machine, Results results) {
    this.machine = machine;
    this.results = results;
  }

  String html() {
    return "<!doctype html><title>skeleton</title><pre>"
        + machine.toPrettyString()
        + results.size();
  }
}
