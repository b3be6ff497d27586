/**
 * Random worlds: guests that know no rules, in all modes of the processor, whose own code changes
 * every table they live by.
 */
package org.trampoline.emulator.translate.world;
