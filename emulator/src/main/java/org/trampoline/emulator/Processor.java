package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.translate.Translator;

/** One processor of a machine: its state, and what executes it. */
final class Processor {
  final Cpu cpu;
  final Interpreter interpreter;

  /** Null where there is none. */
  Translator translator;

  Processor(Cpu cpu, Decoder decoder, Engine engine) {
    this.cpu = cpu;
    interpreter = new Interpreter(cpu, decoder, engine);
  }

  void translate(Translator translator) {
    this.translator = translator;
    interpreter.accelerate(translator);
  }

  int get(Register register) {
    return switch (register) {
      case EIP -> cpu.eip;
      case EFLAGS -> cpu.getEflags();
      case ES, CS, SS, DS, FS, GS -> segment(register).selector;
      case LDTR -> cpu.ldtr.selector;
      case TR -> cpu.tr.selector;
      case CR0 -> cpu.cr0;
      case CR2 -> cpu.cr2;
      case CR3 -> cpu.cr3;
      case CR4 -> cpu.cr4;
      default -> cpu.reg[register.ordinal()];
    };
  }

  private SegmentRegister segment(Register register) {
    return cpu.segment[register.ordinal() - Register.ES.ordinal()];
  }

  void set(Register register, int value) {
    switch (register) {
      case EIP -> {
        cpu.eip = value;
        cpu.halted = false;
      }
      case EFLAGS -> {
        cpu.setEflags(value);
        cpu.resume = cpu.instructions; // RF, if it is set, is for the instruction to come
        cpu.noticeEvents();
      }
      case ES, CS, SS, DS, FS, GS -> load(segment(register), value & 0xffff);
      case LDTR -> cpu.ldtr.selector = value;
      case TR -> cpu.tr.selector = value;
      case CR0 -> {
        cpu.cr0 = value;
        cpu.mmu.setControl(value, cpu.cr3, cpu.cr4);
      }
      case CR2 -> cpu.cr2 = value;
      case CR3 -> {
        cpu.cr3 = value;
        cpu.mmu.loadCr3(value);
      }
      case CR4 -> {
        cpu.cr4 = value;
        cpu.mmu.setControl(cpu.cr0, cpu.cr3, value);
      }
      default -> cpu.reg[register.ordinal()] = value;
    }
  }

  /** Loads a segment register as its mode asks, without checks of privilege. */
  private void load(SegmentRegister segment, int selector) {
    if (cpu.virtual8086()) {
      segment.setVirtual8086(selector);
    } else if (!cpu.protectedMode()) {
      segment.setReal(selector);
    } else if (DescriptorTable.isNull(selector) || !DescriptorTable.contains(cpu, selector)) {
      segment.setNull(selector);
    } else {
      segment.load(selector, DescriptorTable.read(cpu, selector));
    }
    if (cpu.protectedMode()) {
      cpu.setCpl(cpu.segment[SegmentRegister.CS].selector & 3);
    } else {
      cpu.setCpl(cpu.virtual8086() ? 3 : 0);
    }
    cpu.segmentsChanged();
  }
}
