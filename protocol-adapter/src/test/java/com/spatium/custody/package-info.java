/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Is a secret anywhere but in the vault? A party runs in a process of its own ({@code Victim});
 * this process is its counterpart, learns all its secrets by other ways, and looks for them in a
 * dump of its heap and in its memory.
 */
package com.spatium.custody;
