/**
 * The instruction set as data, and what reads it: the table {@code instructions.txt} holds a line
 * for each instruction form in Intel SDM notation; {@link
 * org.trampoline.emulator.decode.InstructionTable} loads it, {@link
 * org.trampoline.emulator.decode.Decoder} turns bytes into {@link
 * org.trampoline.emulator.decode.Insn}s. An instruction is added in one place, that table, and its
 * semantics in another, {@link org.trampoline.emulator.decode.Operation}.
 */
package org.trampoline.emulator.decode;
