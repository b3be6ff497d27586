package org.trampoline.kernel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;

/** The general registers, eip and eflags at one moment, for showing. */
final class CpuState {
  private static final int[] FLAG_BITS = {
    Eflags.CF, Eflags.PF, Eflags.AF, Eflags.ZF, Eflags.SF, Eflags.TF, Eflags.IF, Eflags.DF,
    Eflags.OF
  };
  private static final String[] FLAG_NAMES = {"CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF"};

  private final int[] general = new int[8];
  private final int eip;
  private final int eflags;

  CpuState(Engine engine) {
    for (int i = 0; i < 8; i++) {
      general[i] = engine.get(Register.general(i));
    }
    eip = engine.get(Register.EIP);
    eflags = engine.get(Register.EFLAGS);
  }

  int eip() {
    return eip;
  }

  private static String name(int i) {
    return Register.general(i).name().toLowerCase(Locale.ROOT);
  }

  /** {@code [CF ZF]}: the flags that are set. */
  String flags() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < FLAG_BITS.length; i++) {
      if ((eflags & FLAG_BITS[i]) != 0) {
        text.append(text.length() > 1 ? " " : "").append(FLAG_NAMES[i]);
      }
    }
    return text.append(']').toString();
  }

  void print(PrintWriter out) {
    for (int i = 0; i < 8; i++) {
      out.print(name(i) + " " + Numbers.hex(general[i]) + (i % 4 == 3 ? "\n" : "  "));
    }
    out.println("eip " + Numbers.hex(eip) + "  eflags " + Numbers.hex(eflags) + " " + flags());
  }

  /** What differs from an earlier state: {@code eax=00000029 [CF]}; empty if nothing does. */
  String changesSince(CpuState before) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (general[i] != before.general[i]) {
        text.append(name(i)).append('=').append(Numbers.hex(general[i])).append(' ');
      }
    }
    if (eflags != before.eflags) {
      text.append(flags());
    }
    return text.toString().stripTrailing();
  }

  void json(ObjectNode node) {
    for (int i = 0; i < 8; i++) {
      node.put(name(i), general[i] & 0xffff_ffffL);
    }
    node.put("eip", eip & 0xffff_ffffL);
    node.put("eflags", eflags & 0xffff_ffffL);
  }
}
