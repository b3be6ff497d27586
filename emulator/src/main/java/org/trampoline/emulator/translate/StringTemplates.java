package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.CMP;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** String instructions without a repeat prefix. */
final class StringTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int VALUE = HostRegisters.VALUE;

  private StringTemplates() {}

  static boolean emit(Emission e, Insn i) {
    if (i.rep || i.repne) {
      return RepeatTemplates.emit(e, i);
    }
    switch (i.operation) {
      case MOVS -> movs(e, i);
      case STOS -> stos(e, i);
      case LODS -> lods(e, i);
      case SCAS -> scas(e, i);
      default -> cmps(e, i);
    }
    return true;
  }

  private static void movs(Emission e, Insn i) {
    int size = i.size0;
    e.retryHere();
    probe(e, i, Cpu.ESI, i.segment, size, false);
    load(e, size);
    probe(e, i, Cpu.EDI, SegmentRegister.ES, size, true);
    store(e, size, VALUE);
    advance(e, i, Cpu.ESI, size);
    advance(e, i, Cpu.EDI, size);
  }

  private static void stos(Emission e, Insn i) {
    int size = i.size0;
    e.retryHere();
    probe(e, i, Cpu.EDI, SegmentRegister.ES, size, true);
    store(e, size, HostRegisters.EAX);
    advance(e, i, Cpu.EDI, size);
  }

  private static void lods(Emission e, Insn i) {
    int size = i.size0;
    e.retryHere();
    probe(e, i, Cpu.ESI, i.segment, size, false);
    e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, HostRegisters.EAX);
    advance(e, i, Cpu.ESI, size);
  }

  private static void scas(Emission e, Insn i) {
    int size = i.size0;
    e.retryHere();
    probe(e, i, Cpu.EDI, SegmentRegister.ES, size, false);
    load(e, size);
    advance(e, i, Cpu.EDI, size);
    compare(e, size, HostRegisters.EAX, VALUE);
  }

  private static void cmps(Emission e, Insn i) {
    int size = i.size0;
    e.retryHere();
    probe(e, i, Cpu.EDI, SegmentRegister.ES, size, false);
    load(e, size);
    probe(e, i, Cpu.ESI, i.segment, size, false);
    e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, ADDRESS);
    advance(e, i, Cpu.ESI, size);
    advance(e, i, Cpu.EDI, size);
    compare(e, size, ADDRESS, VALUE);
  }

  private static void compare(Emission e, int size, int first, int second) {
    e.hot.register(size, CMP << 3 | (size == 1 ? 2 : 3), first, second);
    e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
  }

  private static void probe(Emission e, Insn i, int pointer, int segment, int size, boolean write) {
    int from = HostRegisters.of(pointer);
    e.hot.register(4, i.address16 ? 0x0fb7 : 0x8b, ADDRESS, from);
    e.memory.access(segment, size, write);
  }

  private static void load(Emission e, int size) {
    e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
  }

  private static void store(Emission e, int size, int from) {
    e.memory.instruction(size, size == 1 ? 0x88 : 0x89, from);
  }

  /** Moves a pointer by one element; only {@link #ADDEND} is lost. */
  private static void advance(Emission e, Insn i, int pointer, int size) {
    HostAssembler a = e.hot;
    int register = HostRegisters.of(pointer);
    int scale = size == 4 ? 2 : size - 1;
    a.memory(4, 0x8b, ADDEND, HostRegisters.STATE, TranslatorState.DIRECTION);
    a.memory(i.address16 ? 2 : 4, 0x8d, register, register, ADDEND, scale, 0);
  }
}
