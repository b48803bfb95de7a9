/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Command lines: the demonstration, and the doctor that says whether a token would do.
 *
 * <pre>
 *   coordinator (demo)                 what a newcomer sees; stands in for the two operators; verifies with BouncyCastle
 *     │ JSON lines over stdin/stdout, the PIN and the seed as the first lines of stdin
 *     ├── party A (P1): own process, token, store
 *     │      │ protocol messages over TCP, nothing else
 *     └── party B (P2): own process, token, store, signing policy
 * </pre>
 *
 * The coordinator never sees a fragment, a nonce or a factor; the children never see each other's
 * files.
 */
@NullMarked
package com.spatium.signer.cli;

import org.jspecify.annotations.NullMarked;
