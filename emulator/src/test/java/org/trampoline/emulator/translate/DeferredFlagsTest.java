package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.engine.Register;

/** Flags that are evaluated when somebody looks at them. */
class DeferredFlagsTest {
  private static final int CODE = 0x1000;
  private static final int DATA = 0x5000;
  private static final int ROUNDS = 40;
  private static final int[] EDGES = {
    0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, -1
  };

  private static int value(SplittableRandom random) {
    return random.nextBoolean() ? random.nextInt() : EDGES[random.nextInt(EDGES.length)];
  }

  private static byte[] assemble(String source) {
    return Assembler.assemble(new Source("test.S", source), CODE, Map.of()).bytes();
  }

  /** An instruction's flags by its recipe are those that the interpreter has set. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "addl %ecx, %eax",
        "addw %cx, %ax",
        "addb %ah, %al",
        "addb %al, %ah",
        "addl $-5, %ebx",
        "addb $0x7f, %bh",
        "addl 0x5000, %edx",
        "addb 0x5000, %ch",
        "subl %ecx, %eax",
        "subw $0x8000, %si",
        "subb %dl, %dh",
        "subl %eax, %eax",
        "subl 0x5000, %ebp",
        "subw 0x5000, %di",
        "cmpl %ecx, %eax",
        "cmpb $3, %ah",
        "cmpw %dx, %dx",
        "xorl %ecx, %eax",
        "xorb %al, %dl",
        "xorl %esi, %esi",
        "andl $0xff00, %eax",
        "orw %bx, %cx",
        "orl 0x5000, %ecx",
        "testl %eax, %ecx",
        "testb $0x80, %ah",
        "testw %ax, %ax",
        "negl %eax",
        "negb %ch",
        "negw %bp",
        "shll $1, %eax",
        "shll $31, %eax",
        "shlw $7, %ax",
        "shlb $1, %ah",
        "shrl $1, %eax",
        "shrl $8, %eax",
        "shrb $1, %ch",
        "shrw $15, %dx",
        "sarl $1, %eax",
        "sarb $7, %dl",
        "imull %ecx, %eax",
        "imulw $0x101, %cx, %dx",
        "imull 0x5000, %esi"
      })
  void recipesAgreeWithTheInterpreter(String text) {
    check(text, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "addl %ecx, %eax; incl %eax",
        "subb %al, %dl; decb %dl",
        "subb %al, %dh; incb %dh",
        "cmpl %eax, %ebx; decw %bx",
        "xorl %edx, %edx; decl %ecx",
        "shrl $3, %edi; decl %edi"
      })
  void recipesStandOnOthersForTheCarry(String text) {
    String[] parts = text.split("; ", -1);
    check(parts[0], parts[1]);
  }

  private static void check(String first, String second) {
    SplittableRandom random = new SplittableRandom(first.hashCode());
    byte[] code = assemble(first + "\n" + second + "\n");
    Decoder decoder = null;
    for (int round = 0; round < ROUNDS; round++) {
      try (Machine machine =
          Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build()) {
        machine.flatProtectedMode();
        machine.load(CODE, code);
        machine.load(DATA, new byte[] {(byte) value(random), 0, 0, (byte) value(random)});
        Cpu c = machine.cpu();
        if (decoder == null) {
          decoder = new Decoder(InstructionTable.get(), c.model.features());
        }
        machine.set(Register.EIP, CODE);
        for (int i = 0; i < 8; i++) {
          c.reg[i] = value(random);
        }
        Insn insn = decoder.decode(n -> code[n] & 0xff, true);
        int old = insn.kind0 == Insn.REG ? part(c, insn) : 0;
        machine.run(1);
        FlagRecipe recipe = FlagRecipe.of(insn, null);
        assertNotNull(recipe, first);
        boolean bit = (c.getEflags() & Eflags.CF) != 0;
        if (!second.isEmpty()) {
          Insn step = decoder.decode(n -> code[insn.length + n] & 0xff, true);
          recipe = FlagRecipe.of(step, recipe);
          assertNotNull(recipe, second);
          machine.run(1);
        }
        int expected = c.getEflags();
        c.setStatus(0);
        recipe.evaluate(c, values(c.reg.clone(), old, bit));
        assertEquals(Integer.toHexString(expected), Integer.toHexString(c.getEflags()), first);
      }
    }
  }

  private static int part(Cpu c, Insn i) {
    boolean high = i.size0 == 1 && i.index0 >= 4;
    return high ? c.reg[i.index0 - 4] >>> 8 : c.reg[i.index0];
  }

  private static FlagRecipe.Values values(int[] registers, int old, boolean bit) {
    return new FlagRecipe.Values() {
      @Override
      public int register(int number) {
        return registers[number];
      }

      @Override
      public int oldValue() {
        return old;
      }

      @Override
      public boolean savedBit() {
        return bit;
      }
    };
  }

  @Test
  void whatHasNoRecipeIsNull() {
    Decoder decoder;
    try (Machine machine =
        Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build()) {
      decoder = new Decoder(InstructionTable.get(), machine.cpu().model.features());
    }
    for (String text : new String[] {"addl %eax, %eax", "adcl %ecx, %eax", "cmpl $1, (%ebx)"}) {
      byte[] code = assemble(text + "\n");
      assertEquals(null, FlagRecipe.of(decoder.decode(n -> code[n] & 0xff, true), null), text);
    }
  }

  /** What comes behind a block replaces all flags, until it is overwritten. */
  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void codeThatReplacedTheFlagsMayBecomeCodeThatReadsThem(ExecutionEngine engine) {
    try (Machine machine = Machine.builder().memory(1 << 20).engine(engine).build()) {
      machine.flatProtectedMode();
      byte[] code =
          assemble(
              """
              1: addl $0x80000000, %eax
                 jmp 2f
                 .org 0x80
              2: xorl %ebx, %ebx
                 adcl $0, %edx
                 decl %ecx
                 jnz 1b
                 cmpl $0, %esi
                 je 3f
                 decl %esi
                 movw $0xd311, 2b	# adcl %edx, %ebx
                 movl $1000, %ecx
                 jmp 1b
              3: hlt
              """);
      machine.load(CODE, code);
      machine.set(Register.EIP, CODE);
      machine.set(Register.ECX, 1000);
      machine.set(Register.ESI, 1);
      machine.set(Register.EDX, 3);
      assertEquals(new StopReason.Halted(), machine.run(100_000));
      int ebx = 0;
      int eax = 0;
      for (int i = 0; i < 2000; i++) {
        int carry = eax >>> 31;
        eax += 0x8000_0000;
        long sum = (ebx & 0xffff_ffffL) + 3 + carry;
        ebx = i < 1000 ? 0 : (int) sum;
      }
      assertEquals(ebx, machine.get(Register.EBX));
    }
  }

  /** The flags of an instruction show when the next one faults. */
  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void aFaultShowsThem(ExecutionEngine engine) {
    try (Machine machine = Machine.builder().memory(1 << 20).engine(engine).build()) {
      machine.flatProtectedMode();
      machine.load(
          CODE,
          assemble("1: subl %ecx, %eax\n movl %ds:(%esi), %ebx\n leal -4(%esi), %esi\n jmp 1b\n"));
      machine.set(Register.EIP, CODE);
      machine.set(Register.ESI, 0x800);
      machine.set(Register.ECX, 1);
      machine.cpu().idtLimit = 0;
      machine.cpu().segment[3].set(0x68, 0, 0x1ff, 0x4097); // expands down: from 0x200 on
      machine.cpu().segmentsChanged();
      assertEquals(new StopReason.TripleFault("#GP(0x0)"), machine.run(100_000));
      assertEquals(0x1fc, machine.get(Register.ESI));
      assertEquals(-386, machine.get(Register.EAX));
      assertEquals(Eflags.SF | Eflags.FIXED, machine.cpu().getEflags() & ~Eflags.PF);
    }
  }
}
