package org.trampoline.emulator.translate.lockstep;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.execute.x87.Fpu;

/** All that a machine has besides its memory, as text: a line for each group of registers. */
public final class MachineState {
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};

  private MachineState() {}

  /** The state of all processors, to be compared and to be read. */
  public static String of(Machine machine) {
    StringBuilder text = new StringBuilder(1500);
    for (int i = 0; i < machine.processors(); i++) {
      text.append(i == 0 ? "" : "processor " + i + "\n");
      of(text, machine.cpu(i));
    }
    text.append("a20 ").append(machine.cpu().memory.a20()).append('\n');
    return text.toString();
  }

  private static void of(StringBuilder text, Cpu c) {
    for (int i = 0; i < 8; i++) {
      hex(text, c.reg[i]);
    }
    hex(text.append("\neip "), c.eip);
    hex(text.append("eflags "), c.getEflags());
    text.append("cpl ").append(c.cpl);
    text.append(" after ").append(c.instructions).append(" at ").append(c.clock.now());
    text.append(" due ").append(c.clock.dueInstruction());
    text.append(c.halted ? " halted" : "").append(c.waitsForSipi ? " waits" : "").append('\n');
    for (SegmentRegister s : c.segment) {
      segment(text, s);
    }
    segment(text.append('\n'), c.ldtr);
    segment(text, c.tr);
    for (int table : new int[] {c.gdtBase, c.gdtLimit, c.idtBase, c.idtLimit}) {
      hex(text, table);
    }
    text.append("\ncr ");
    for (int control : new int[] {c.cr0, c.cr2, c.cr3, c.cr4}) {
      hex(text, control);
    }
    text.append("dr ");
    for (int debug : c.dr) {
      hex(text, debug);
    }
    text.append("\npending ").append(c.injected).append(' ').append(c.nmiPending);
    text.append(c.nmiBlocked).append(c.debugTraps).append(c.stepping);
    text.append(c.shadow == c.instructions).append(c.resume == c.instructions);
    text.append(" msr ").append(c.msr.tscOffset).append(' ').append(c.msr.efer).append(' ');
    hex(text, c.msr.sysenterCs);
    hex(text, c.msr.sysenterEsp);
    hex(text, c.msr.sysenterEip);
    text.append(c.mmu.statistics().cr3Loads()).append(" cr3 loads ");
    text.append(c.mmu.statistics().invlpgs()).append(" invlpgs\n");
    units(text, c);
  }

  private static void units(StringBuilder text, Cpu c) {
    Fpu f = c.fpu;
    text.append("fpu ");
    for (int word : new int[] {f.controlWord(), f.statusWord(), f.occupied}) {
      hex(text, word);
    }
    for (int pointer :
        new int[] {
          f.instructionSelector,
          f.instructionOffset,
          f.instructionOpcode,
          f.dataSelector,
          f.dataOffset,
          c.simd.mxcsr
        }) {
      hex(text, pointer);
    }
    text.append('\n');
    for (int i = 0; i < 8; i++) {
      hex(text, f.signExponent[i]);
      text.append(Long.toHexString(f.significand[i])).append(' ');
    }
    text.append('\n');
    for (long half : c.simd.xmm) {
      text.append(Long.toHexString(half)).append(' ');
    }
    text.append('\n');
  }

  private static void segment(StringBuilder text, SegmentRegister s) {
    text.append(SEGMENTS[s.number]).append(' ');
    hex(text, s.selector);
    hex(text, s.base);
    hex(text, s.limit);
    hex(text, s.attributes);
  }

  private static void hex(StringBuilder text, int value) {
    text.append(Integer.toHexString(value)).append(' ');
  }

  /** The lines in which two states differ, one below the other. */
  public static String differences(String interpreter, String translator) {
    List<String> a = interpreter.lines().toList();
    List<String> b = translator.lines().toList();
    List<String> text = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      String one = i < a.size() ? a.get(i) : "";
      String two = i < b.size() ? b.get(i) : "";
      if (!one.equals(two)) {
        text.add("  interpreter " + one);
        text.add("  translator  " + two);
      }
    }
    return String.join("\n", text);
  }

  /** Address, bytes and text of the instruction that a processor is about to execute. */
  public static String instruction(Cpu c) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    CodeBytes bytes = n -> c.mmu.peek8(linear + n) & 0xff;
    StringBuilder text = new StringBuilder("%08x cpl %d:".formatted(linear, c.cpl));
    for (int n = 0; n < 15; n++) {
      text.append(" %02x".formatted(bytes.at(n)));
    }
    Disassembler disassembler =
        new Disassembler(InstructionTable.get(), c.model.features(), Disassembler.Syntax.ATT);
    return text.append("  ").append(disassembler.disassemble(bytes, c.code32, c.eip)).toString();
  }
}
