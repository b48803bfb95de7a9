/* SPDX-License-Identifier: Apache-2.0 */
package com.spatium.protocol;

/** Names a datum, as in the SDK. */
public record StorageMeta(String room, String topic) {}
