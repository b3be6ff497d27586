package org.trampoline.emulator.translate.lockstep;

import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Encoding;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.FormEncoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operand;

/** Writes instructions of given forms with random registers, prefixes, addresses and immediates. */
public final class FormWriter {
  private final Random random;
  private final IntSupplier addresses;
  private final FormEncoder e = new FormEncoder();

  /**
   * @param addresses where operands without a register may lie
   */
  public FormWriter(Random random, IntSupplier addresses) {
    this.random = random;
    this.addresses = addresses;
  }

  /** Writes one of the forms at an index; returns the number of bytes. */
  public int write(List<Form> forms, boolean code32, byte[] code, int at) {
    Form form = forms.get(random.nextInt(forms.size()));
    e.start(form, code32);
    Encoding encoding = form.encoding();
    e.register = random.nextInt(8);
    e.rm = random.nextInt(8);
    boolean either = false;
    boolean moffs = false;
    for (Operand operand : form.operands()) {
      either |= operand.allowsMemory();
      moffs |= operand.place() == Operand.Place.MOFFS;
    }
    e.memory = encoding.memoryOnly() || either && encoding.modrm() && random.nextInt(5) < 2;
    if (encoding.operandSize() == 0
        && encoding.prefix() == Encoding.ANY
        && random.nextInt(12) == 0) {
      e.operand16 = code32;
    }
    e.lock = e.memory && form.has(Attribute.LOCK) && random.nextInt(8) == 0;
    if (random.nextInt(10) == 0) {
      e.segment = random.nextInt(6);
    }
    if (encoding.addressSize() == 0 && random.nextInt(20) == 0) {
      e.address(code32);
    }
    if (e.memory) {
      address();
    }
    if (moffs) {
      e.displacement = code32 ? addresses.getAsInt() : random.nextInt(0x8000);
    }
    e.immediate = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(40) - 4;
    e.immediate2 = random.nextInt(4);
    return e.encode(code, at);
  }

  private void address() {
    if (e.address16) {
      e.displacement = random.nextInt(0x8000);
      return;
    }
    e.base = random.nextInt(8) == 0 ? Insn.NO_REGISTER : random.nextInt(8);
    e.index = random.nextInt(4) == 0 ? random.nextInt(8) : Insn.NO_REGISTER;
    e.index = e.index == 4 ? Insn.NO_REGISTER : e.index;
    e.scale = random.nextInt(4);
    e.displacement =
        e.base == Insn.NO_REGISTER && e.index == Insn.NO_REGISTER
            ? addresses.getAsInt()
            : (byte) random.nextInt();
  }
}
