/**
 * Comparing engines: two of them execute the same code, and the first field in which they differ is
 * found and shown.
 */
package org.trampoline.emulator.differential;
