package org.trampoline.emulator.execute.x87;

import java.util.List;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.FormEncoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;

/** The instruction table's x87 forms, and their encodings with the memory operand at [edx]. */
final class X87Forms {
  private X87Forms() {}

  /** All but FXSAVE and FXRSTOR, which are SSE's too. */
  static List<Form> all() {
    return InstructionTable.get().forms().stream()
        .filter(form -> form.has(Attribute.X87))
        .filter(form -> form.operation() != Operation.FXSAVE)
        .filter(form -> form.operation() != Operation.FXRSTOR)
        .toList();
  }

  /** Encodes a form with st(i) and [edx], which 64-bit code takes for [rdx]. */
  static int[] encode(Form form, int i) {
    FormEncoder encoder = new FormEncoder().start(form, true);
    encoder.rm = i;
    encoder.register = i;
    encoder.base = Cpu.EDX;
    encoder.index = Insn.NO_REGISTER;
    encoder.displacement = 0;
    byte[] bytes = encoder.encode();
    int[] values = new int[bytes.length];
    for (int k = 0; k < bytes.length; k++) {
      values[k] = bytes[k] & 0xff;
    }
    return values;
  }
}
