/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The binding to a PKCS#11 module through its function list: JNA types appear here and nowhere else
 * in this module. Not part of the API.
 *
 * <p>It shares the module, and so sessions' login state, with SunPKCS11 in the same process.
 * Therefore it has no C_Finalize, no C_CloseAllSessions and no C_Logout: they would pull the ground
 * from under everybody else in the process.
 */
@NullMarked
package com.spatium.cryptodriver.pkcs11.internal;

import org.jspecify.annotations.NullMarked;
