/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.benchmarks.report;

/**
 * The least time that a modular power can take on a processor whose multiplier does so many 52-bit
 * multiply-adds: eight powers side by side, schoolbook products, nothing else counted (no
 * conversion, no carries, no constant-time reading of tables).
 *
 * <p>A number of {@code bits} has k = ⌈bits/52⌉ limbs; a product of two takes k² pairs of limbs,
 * and a pair two instructions (low and high half), each for eight numbers. In such products, a
 * Montgomery square costs 1.5 (half the pairs, and the reduction) and a product 2; N-adic
 * arithmetic mod N² 3.5 and 5 of the half size. A power with an exponent of E bits and a window of
 * w takes E squares, ⌈E/w⌉ products and 2^w − 2 for the table, w the best one.
 */
record Bound(double gigahertz, double perCycle) {
  private static final int LANES = 8;

  /** Microseconds per power. */
  double micros(int bits, int power, int exponentBits) {
    return micros(products(power, exponentBits), bits);
  }

  /** Microseconds for so many half-size products. */
  double micros(double products, int bits) {
    double limbs = Math.ceil(bits / 52.0);
    double instructions = products * 2 * limbs * limbs / LANES;
    return instructions / perCycle / gigahertz / 1000;
  }

  /** In products of k² pairs. */
  static double products(int power, int exponentBits) {
    double square = power == 2 ? 3.5 : 1.5;
    double product = power == 2 ? 5 : 2;
    double least = Double.POSITIVE_INFINITY;
    for (int w = 1; w <= 8; w++) {
      double windows = Math.ceil((double) exponentBits / w) + (1 << w) - 2;
      least = Math.min(least, exponentBits * square + windows * product);
    }
    return least;
  }
}
