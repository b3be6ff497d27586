/**
 * C structures in guest memory, seen from Java. A structure's fields are declared once, as {@link
 * org.trampoline.kernel.layout.Field} constants of its view; the assembler gets the same offsets as
 * symbols.
 */
package org.trampoline.kernel.layout;
