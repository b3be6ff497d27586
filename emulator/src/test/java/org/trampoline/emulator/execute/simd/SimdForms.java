package org.trampoline.emulator.execute.simd;

import java.util.List;
import java.util.SplittableRandom;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.FormEncoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operand;
import org.trampoline.emulator.decode.Operation;

/** The instruction table's MMX and SSE forms, and encodings with the memory operand at [edx]. */
final class SimdForms {
  private SimdForms() {}

  /** All but those that load MXCSR, which may unmask exceptions. */
  static List<Form> all() {
    return InstructionTable.get().forms().stream()
        .filter(form -> form.has(Attribute.MMX) || form.has(Attribute.SSE))
        .filter(form -> form.operation() != Operation.LDMXCSR)
        .toList();
  }

  /** General registers are always eax, and the address [edx], which 64-bit code takes for [rdx]. */
  static byte[] encode(Form form, SplittableRandom random) {
    FormEncoder encoder = new FormEncoder().start(form, true);
    boolean memory = random.nextInt(3) == 0;
    for (Operand operand : form.operands()) {
      int register = operand.kind() == Insn.REG ? Cpu.EAX : random.nextInt(8);
      switch (operand.place()) {
        case REG -> encoder.register = register;
        case RM -> encoder.rm = register;
        default -> {} // an immediate
      }
      encoder.memory |= operand.allowsMemory() && memory;
    }
    encoder.base = Cpu.EDX;
    encoder.index = Insn.NO_REGISTER;
    encoder.displacement = 0;
    encoder.immediate = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(20);
    return encoder.encode();
  }
}
