/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.ecmath;

/** Hears, between two steps of a key search and on the searching thread, how far it is. */
@FunctionalInterface
public interface ProgressListener {
  /** Called after each step. An exception ends the search. */
  void onProgress(KeySearch.Progress progress);
}
