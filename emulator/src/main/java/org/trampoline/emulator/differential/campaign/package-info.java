/**
 * Campaigns: cases of all forms by the million against an oracle, interrupted and resumed at will,
 * what is found reduced to the smallest case that shows it, grouped, and reported.
 */
package org.trampoline.emulator.differential.campaign;
