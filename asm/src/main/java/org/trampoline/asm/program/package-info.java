/**
 * The program while it is being put together: symbols, sections and their fragments, and the layout
 * that gives each an address and lets branches grow as far as they must.
 */
package org.trampoline.asm.program;
