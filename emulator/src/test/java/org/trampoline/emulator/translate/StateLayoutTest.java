package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The parts of the state block lie apart. Whoever adds one adds it here. */
class StateLayoutTest {
  private record Part(String name, int offset, int bytes) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("registers", TranslatorState.REGISTERS, 32),
          new Part("flags", TranslatorState.FLAGS, 4),
          new Part("budget", TranslatorState.BUDGET, 4),
          new Part("record", TranslatorState.RECORD, 4),
          new Part("direction", TranslatorState.DIRECTION, 4),
          new Part("units owned", UnitState.OWNED, 4),
          new Part("view", TranslatorState.VIEW, 8),
          new Part("start of RAM", TranslatorState.RAM_START, 8),
          new Part("end of RAM", TranslatorState.RAM_END, 8),
          new Part("views of debug mode", TranslatorState.SUPERVISORS_MAPS, 16),
          new Part("bounds of emitted code", TranslatorState.CODE_START, 16),
          new Part("saved address", TranslatorState.SAVED_ADDRESS, 8),
          new Part("use of an address", TranslatorState.USE, 4),
          new Part("control word of the host", UnitState.HOST_CONTROL, 4),
          new Part("MXCSR of the host", UnitState.HOST_MXCSR, 4),
          new Part("address", TranslatorState.ADDRESS, 8),
          new Part("x87 instruction", UnitState.INSTRUCTION, 4),
          new Part("x87 opcode", UnitState.OPCODE, 4),
          new Part("x87 data", UnitState.DATA, 4),
          new Part("x87 data segment", UnitState.DATA_SEGMENT, 4),
          new Part("reserved in MXCSR", UnitState.MXCSR_RESERVED, 4),
          new Part("scratch", UnitState.SCRATCH, 4),
          new Part("segments", TranslatorState.SEGMENTS, 6 * TranslatorState.SEGMENT_BYTES),
          new Part("image of the units", UnitState.IMAGE, 512),
          new Part("code lines", TranslatorState.CODE_LINES, 8),
          new Part("source of strings", TranslatorState.REPEAT_SOURCE, 8),
          new Part("destination of strings", TranslatorState.REPEAT_DESTINATION, 8),
          new Part("elements", TranslatorState.REPEAT_ELEMENTS, 4),
          new Part("rounds", TranslatorState.REPEAT_ROUNDS, 4),
          new Part("old value", TranslatorState.OLD_VALUE, 4),
          new Part("saved bit", TranslatorState.SAVED_BIT, 4),
          new Part("shared addends", TranslatorState.SHARED_ADDENDS, 8 * SharedProbes.LIMIT),
          new Part("addends of a loop", TranslatorState.LOOP_ADDENDS, 8 * LoopStreams.LIMIT),
          new Part("budget put aside", TranslatorState.LOOP_RESERVE, 4),
          new Part("granted page", TranslatorState.GRANTED_PAGE, 4),
          new Part("granted addend", TranslatorState.GRANTED_ADDEND, 8),
          new Part("control registers", SystemState.CONTROL, 20),
          new Part("CPL", SystemState.CPL, 4),
          new Part("EFLAGS", SystemState.EFLAGS, 4),
          new Part("interrupted", SystemState.INTERRUPTED, 4),
          new Part("RF", SystemState.RESUME_FLAG, 4),
          new Part("INVLPGs", SystemState.INVLPGS, 4),
          new Part("shadow", SystemState.SHADOW, 4),
          new Part("resume", SystemState.RESUME, 4),
          new Part("level of traps", TrapState.LEVEL, 4),
          new Part("CS loaded", TrapState.CS_LOADED, 4),
          new Part("SS loaded", TrapState.SS_LOADED, 4),
          new Part("selector of CS", TrapState.CS_SELECTOR, 4),
          new Part("selector of SS", TrapState.SS_SELECTOR, 4),
          new Part("descriptor of CS", TrapState.CS_DESCRIPTOR, 8),
          new Part("descriptor of SS", TrapState.SS_DESCRIPTOR, 8),
          new Part("user offset", TrapState.USER_OFFSET, 8),
          new Part("stack in the TSS", TrapState.TSS_STACK, 8),
          new Part("return to level 0", TrapState.RETURN_0, 128),
          new Part("return to level 3", TrapState.RETURN_3, 128),
          new Part("way of page faults", TrapState.PAGE_FAULT, 128),
          new Part("faults", FaultState.MODE, FaultState.BYTES),
          new Part(
              "system calls", FastSystemCallTemplates.SELECTORS, FastSystemCallTemplates.BYTES),
          new Part("clock", ClockState.STAMP, 16),
          new Part("selectors", SegmentState.SELECTORS, 24),
          new Part("descriptors", SegmentState.DESCRIPTORS, 48),
          new Part("segments loaded", SegmentState.LOADED, 4),
          new Part("real mode", SegmentState.REAL, 4),
          new Part("address spaces", SpaceTable.DIRECT, 16),
          new Part("table of address spaces", SpaceTable.TABLE, SpaceTable.BYTES),
          new Part(
              "jumps",
              TranslatorState.JUMPS,
              TranslatorState.JUMP_ENTRIES << TranslatorState.JUMP_SHIFT),
          new Part("gates", TrapState.gate(0), TrapState.BYTES),
          new Part("known descriptors", SegmentState.TABLE, SegmentState.BYTES));

  @Test
  void partsLieApart() {
    for (Part a : PARTS) {
      for (Part b : PARTS) {
        boolean apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
        assertTrue(apart || a.equals(b), a + " and " + b);
      }
      assertTrue(a.offset + a.bytes <= TranslatorState.BYTES, a.toString());
    }
  }
}
