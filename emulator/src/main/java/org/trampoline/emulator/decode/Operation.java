package org.trampoline.emulator.decode;

/** What an instruction does (placeholder until the table lands). */
public enum Operation {
  UNDEFINED
}
