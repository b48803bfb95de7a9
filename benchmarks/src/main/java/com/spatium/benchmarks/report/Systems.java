/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

import java.util.List;

/**
 * Other open systems, as measured once on a machine of the same kind (2 virtual Zen 5 cores), both
 * parties' computation in one process, no network, medians. They are not in this run, so these are
 * orders of magnitude.
 *
 * @param what it is, and the bits of its modulus
 * @param sign milliseconds for an ECDSA signature
 */
record Systems(String name, String what, double sign) {
  /** Milliseconds of the fastest one that proves as much as we do. */
  static final double CB_MPC = 50.3;

  static final List<Systems> ALL =
      List.of(
          new Systems("Safeheron", "two-party, JavaScript, 2048, no range proofs", 537),
          new Systems("mpc-lib CMP", "Fireblocks, 2 of 2, 2048", 370),
          new Systems("mpc-lib BAM", "Fireblocks, two-party, 3072", 57.4),
          new Systems("cb-mpc", "Coinbase, two-party, 2048, the same proofs", CB_MPC),
          new Systems("DKLs23", "Silence, WebAssembly, no Paillier", 47.3));
}
