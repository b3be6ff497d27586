package org.trampoline.asm.encode;

import java.util.List;
import java.util.Set;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register;
import org.trampoline.asm.syntax.Register.Kind;

/**
 * What must not reach the engine, because it would encode something else than is written: 64-bit
 * forms without their prefix, x87 operand pairs that do not exist, instructions that belong to
 * other machines. Found by giving every mnemonic of the engine every operand shape and comparing
 * with GNU as.
 */
final class Refusals {
  private static final Set<String> OF_64_BITS =
      Set.of(
          "swapgs",
          "cmpxchg16b",
          "cdqe",
          "cqo",
          "cltq",
          "cqto",
          "movabs",
          "cvtsi2sdq",
          "cvtsi2ssq",
          "pinsrq",
          "pextrq");

  /** End in q and are instructions of 32-bit code all the same. */
  private static final Set<String> OTHER_QUADS = Set.of("fildq", "fistpq", "fisttpq", "cdq");

  /** VIA's cryptography and what Intel withdrew; the engine encodes half of each. */
  private static final Set<String> OF_OTHER_MACHINES =
      Set.of(
          "montmul",
          "xsha1",
          "xsha256",
          "xstore",
          "xstorerng",
          "xcryptecb",
          "xcryptcbc",
          "xcryptctr",
          "xcryptcfb",
          "xcryptofb",
          "fsetpm",
          "fstpnce",
          "ud2b",
          "pcommit");

  private static final Set<String> ONE_X87_OPERAND = Set.of("fcom", "fcomp", "fst", "fstp", "fxch");

  private static final Set<String> POPPING =
      Set.of("faddp", "fmulp", "fsubp", "fsubrp", "fdivp", "fdivrp");

  private static final Set<String> INDIRECT =
      Set.of(
          "jmp", "jmpw", "jmpl", "call", "callw", "calll", "ljmp", "ljmpw", "ljmpl", "lcall",
          "lcallw", "lcalll");

  /** Their own names end in what looks like a size. */
  private static final Set<String> WITHOUT_SIZE =
      Set.of(
          "sub", "sbb", "mul", "imul", "rol", "rcl", "sal", "shl", "fmul", "fimul", "fsub",
          "fisub");

  private Refusals() {}

  /**
   * Looks at an instruction before the engine does.
   *
   * @throws AssemblyException if it must not see it
   */
  static void check(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    boolean vector = usesVectors(instruction);
    if (OF_64_BITS.contains(mnemonic)
        || mnemonic.endsWith("64")
        || mnemonic.endsWith("q") && !vector && !OTHER_QUADS.contains(mnemonic)) {
      throw instruction.location().error("instruction of 64-bit code", mnemonic);
    }
    if (mnemonic.startsWith("v") && !mnemonic.startsWith("ver") && !mnemonic.startsWith("vm")) {
      throw instruction.location().error("no AVX instructions; expected SSE", mnemonic);
    }
    if (OF_OTHER_MACHINES.contains(mnemonic)
        || instruction.bits() == 16 && mnemonic.equals("sysretl")) {
      throw instruction.location().error("instruction is not supported", mnemonic);
    }
    if (INDIRECT.contains(mnemonic)
        && instruction.operands().size() == 1
        && (instruction.operands().getFirst() instanceof Reg
            || instruction.operands().getFirst() instanceof Memory)) {
      throw instruction.location().error("indirect branch; expected '*' before its operand");
    }
    if (vector && mnemonic.equals("mov") || isWrongX87(instruction)) {
      throw misfit(instruction);
    }
  }

  private static boolean usesVectors(Instruction instruction) {
    for (Operand operand : instruction.operands()) {
      if (operand instanceof Reg(Register register)
          && (register.kind() == Kind.MMX || register.kind() == Kind.XMM)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWrongX87(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    List<Operand> operands = instruction.operands();
    if (mnemonic.equals("fnstsw") || mnemonic.equals("fstsw")) {
      return !operands.isEmpty()
          && operands.getFirst() instanceof Reg(Register register)
          && !register.name().equals("ax");
    }
    if (operands.size() != 2
        || !(operands.getFirst() instanceof Reg(Register first))
        || !(operands.getLast() instanceof Reg(Register last))
        || first.kind() != Kind.X87) {
      return false;
    }
    return ONE_X87_OPERAND.contains(mnemonic)
        || POPPING.contains(mnemonic) && last.number() == 0 && first.number() != 0;
  }

  /** Whether the last letter of a mnemonic says how wide its operands are. */
  static boolean hasSizeSuffix(String mnemonic) {
    return mnemonic.length() > 1
        && "bwl".indexOf(mnemonic.charAt(mnemonic.length() - 1)) >= 0
        && !WITHOUT_SIZE.contains(mnemonic);
  }

  /** For operands that the instruction cannot have. */
  static AssemblyException misfit(Instruction instruction) {
    return instruction.location().error("operands do not fit the instruction");
  }

  /**
   * Says what is wrong with an instruction that the engine refuses.
   *
   * @param unknown whether it says that it does not know the mnemonic
   */
  static AssemblyException refused(Instruction instruction, boolean unknown) {
    List<Operand> operands = instruction.operands();
    if (unknown) {
      return instruction.location().error("unknown instruction, or not with such operands");
    }
    boolean sizeless =
        operands.stream().anyMatch(Memory.class::isInstance)
            && operands.stream().noneMatch(Reg.class::isInstance)
            && !hasSizeSuffix(instruction.mnemonic());
    if (sizeless) {
      String suffixes = instruction.mnemonic().startsWith("f") ? "s, l or t" : "b, w or l";
      return instruction.location().error("operand size unknown; expected a suffix " + suffixes);
    }
    return misfit(instruction);
  }
}
