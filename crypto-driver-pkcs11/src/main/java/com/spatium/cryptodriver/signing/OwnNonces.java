/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.cryptodriver.signing;

import com.spatium.cryptodriver.Bytes;
import com.spatium.cryptodriver.wire.ProvenPoint;
import com.spatium.ecmath.SecretScalar;
import java.util.List;

/** Our k_j with R_j = k_j·G. Closing wipes them; so does the end of the session. */
public final class OwnNonces implements AutoCloseable {
  private final List<SecretScalar> k;
  private final List<ProvenPoint> points;

  OwnNonces(List<SecretScalar> k, List<ProvenPoint> points) {
    this.k = List.copyOf(k);
    this.points = List.copyOf(points);
  }

  public SecretScalar k(int j) {
    return k.get(j);
  }

  public Bytes point(int j) {
    return points.get(j).point();
  }

  public List<ProvenPoint> points() {
    return points;
  }

  @Override
  public void close() {
    k.forEach(SecretScalar::close);
  }
}
