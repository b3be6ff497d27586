package org.trampoline.emulator.decode;

import java.util.Arrays;
import java.util.Set;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * One opcode of one map, for a CPU with given features: which form it is under which prefixes,
 * sizes and modrm byte. Answers are remembered in an array that has only the dimensions the opcode
 * depends on.
 */
final class Opcode {
  /** Number of classes of modrm bytes: eight for memory (by reg), 64 for registers. */
  private static final int MODRM_CLASSES = 72;

  /** Whether a modrm byte follows. */
  final boolean hasModrm;

  /** Whether modrm names a register even if mod is not 3 (moves to and from cr and dr). */
  final boolean ignoresMod;

  /** Whether modrm.reg is a segment or control register, of which fewer than eight exist. */
  final boolean namesSpecialRegister;

  private final Form undefined;
  private final Form[] candidates;
  private final Form[] remembered;
  private final int modrmStep;
  private final int operandStep;
  private final int addressStep;
  private final int prefixStep;

  Opcode(InstructionTable table, int map, int opcode, Set<CpuFeature> features) {
    undefined = table.undefined();
    Form[] all = table.candidates(map, opcode);
    Form[] present = new Form[all.length];
    int count = 0;
    boolean modrm = false;
    boolean mod = true;
    boolean special = false;
    boolean byModrm = false;
    boolean byOperandSize = false;
    boolean byAddressSize = false;
    boolean byPrefix = false;
    for (Form form : all) {
      if (features.contains(form.feature())) {
        present[count++] = form;
        Encoding encoding = form.encoding();
        modrm |= encoding.modrm();
        byModrm |= encoding.modrmMask() != 0 || encoding.memoryOnly();
        byOperandSize |= encoding.operandSize() != 0;
        byAddressSize |= encoding.addressSize() != 0;
        byPrefix |= encoding.prefix() != Encoding.ANY;
        for (Operand operand : form.operands()) {
          mod &= operand != Operand.REGISTER_RM32;
          special |= operand == Operand.SREG || operand == Operand.CR;
        }
      }
    }
    candidates = Arrays.copyOf(present, count);
    hasModrm = modrm;
    ignoresMod = !mod;
    namesSpecialRegister = special;
    int size = 1;
    modrmStep = byModrm ? size : 0;
    size *= byModrm ? MODRM_CLASSES : 1;
    operandStep = byOperandSize ? size : 0;
    size *= byOperandSize ? 2 : 1;
    addressStep = byAddressSize ? size : 0;
    size *= byAddressSize ? 2 : 1;
    prefixStep = byPrefix ? size : 0;
    size *= byPrefix ? 4 : 1;
    remembered = new Form[size];
  }

  /** The form, {@link InstructionTable#undefined()} if there is none. */
  Form form(int prefix, boolean operand16, boolean address16, int modrm) {
    int modrmClass = modrm < 0xc0 ? modrm >> 3 & 7 : modrm - 0xc0 + 8;
    int at =
        modrmClass * modrmStep
            + (operand16 ? operandStep : 0)
            + (address16 ? addressStep : 0)
            + prefix * prefixStep;
    Form form = remembered[at];
    if (form == null) {
      form = find(prefix, operand16 ? 2 : 4, address16 ? 2 : 4, modrm);
      remembered[at] = form;
    }
    return form;
  }

  private Form find(int prefix, int operandSize, int addressSize, int modrm) {
    Form best = null;
    for (Form form : candidates) {
      Encoding encoding = form.encoding();
      if (encoding.matches(prefix, operandSize, addressSize, modrm)
          && (best == null || encoding.specificity() > best.encoding().specificity())) {
        best = form;
      }
    }
    return best == null ? undefined : best;
  }
}
