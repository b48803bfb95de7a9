/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The binding to libecmath: JNA types appear here and nowhere else. Not part of the API.
 *
 * <p>{@link com.spatium.ecmath.internal.Ecm} repeats ecm.h function by function; {@link
 * com.spatium.ecmath.internal.NativeLoader} finds the library and checks that it is ours.
 */
@NullMarked
package com.spatium.ecmath.internal;

import org.jspecify.annotations.NullMarked;
