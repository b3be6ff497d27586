package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * Loops that go through memory in steps: wherever a page ends, is missing, may only be read, or
 * holds the loop itself, both engines have the same state after the same instructions. {@code
 * -Dtrampoline.loops} and {@code .seed} make it a campaign.
 */
class LoopStreamsTest {
  private static final int CASES = Integer.getInteger("trampoline.loops", 250);
  private static final long SEED = Long.getLong("trampoline.loops.seed", 1);
  private static final int CODE = 0x1000;
  private static final int DATA = 0x2_0000;
  private static final int DATA_PAGES = 16;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;
  private static final int LAST_TABLE = 0x9_2000;
  private static final String[] POINTERS = {"%esi", "%edi", "%ebx"};
  private static final String[] WORDS = {"%eax", "%edx"};
  private static final int[] STEPS = {
    1, 1, 2, 4, 4, 8, 16, 16, 16, 32, 3, 12, 64, 100, 256, 1024, 1032, -1, -4, -4, -8, -16, -24,
    -1000, 0
  };

  @Test
  void theyEndAnywhereExactly() {
    try (Machine a = machine(ExecutionEngine.INTERPRETER);
        Machine b = machine(ExecutionEngine.TRANSLATOR)) {
      for (int n = 0; n < CASES; n++) {
        compare(a, b, SEED * 1_000_003 + n);
      }
    }
  }

  private static Machine machine(ExecutionEngine engine) {
    return Machine.builder().memory(1 << 20).cpu(CpuModel.MAX).engine(engine).build();
  }

  private static void compare(Machine a, Machine b, long seed) {
    String source = source(new SplittableRandom(seed));
    byte[] code = Assembler.assemble(new Source("loop.S", source), CODE, Map.of()).bytes();
    prepare(a, code, new SplittableRandom(~seed));
    prepare(b, code, new SplittableRandom(~seed));
    SplittableRandom random = new SplittableRandom(seed);
    StopReason reason = null;
    for (int slice = 0; slice < 24 && !(reason instanceof StopReason.TripleFault); slice++) {
      int count = slice < 12 ? random.nextInt(64, 200) : random.nextInt(100, 6000);
      String where = "seed " + seed + ", slice " + slice + "\n" + source;
      reason = a.run(count);
      assertEquals(reason, b.run(count), where);
      assertEquals(MachineState.of(a).toString(), MachineState.of(b).toString(), where);
      assertEquals(-1, a.ram().mismatch(b.ram()), where);
    }
  }

  private static void prepare(Machine machine, byte[] code, SplittableRandom random) {
    machine.cpu().reset();
    machine.flatProtectedMode();
    machine.cpu().idtLimit = 0;
    ByteBuffer image = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = DATA; at < DATA + 0x1000 * DATA_PAGES; at += 4) {
      image.putInt(at, random.nextInt() | 0x0101_0101);
    }
    image.putInt(DIRECTORY, TABLE | 7);
    image.putInt(DIRECTORY + 0xffc, LAST_TABLE | 7);
    for (int page = 0; page < 256; page++) {
      image.putInt(TABLE + 4 * page, page << 12 | 7);
    }
    image.putInt(LAST_TABLE + 0xffc, DATA | 7);
    for (int n = random.nextInt(3); n > 0; n--) {
      int page = (DATA >> 12) + random.nextInt(DATA_PAGES);
      image.putInt(TABLE + 4 * page, page << 12 | pick(random, 0, 5, 7, 7));
    }
    image.put(CODE, code);
    machine.load(0, image.array());
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR4, machine.get(Register.CR4) | Control.CR4_OSFXSR);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG | Control.CR0_WP);
    machine.cpu().fpu.initialize();
    machine.set(Register.ESP, 0x8000);
    machine.set(Register.EIP, CODE);
  }

  // ---- loops

  private static String source(SplittableRandom random) {
    StringBuilder s = new StringBuilder("0:\n");
    for (String pointer : POINTERS) {
      s.append("movl $").append(start(random)).append(", ").append(pointer).append('\n');
    }
    s.append("movl $").append(random.nextInt(-64, 64)).append(", %ecx\n");
    s.append("movl $").append(random.nextInt(1, 3000)).append(", %ebp\n1:\n");
    for (int n = random.nextInt(1, 7); n > 0; n--) {
      s.append(instruction(random)).append('\n');
    }
    for (String pointer : POINTERS) {
      if (random.nextInt(4) > 0) {
        int step = pick(random, STEPS);
        s.append(
            switch (step) {
              case 1 -> "incl " + pointer;
              case -1 -> "decl " + pointer;
              case 8 -> "leal 8(" + pointer + "), " + pointer;
              case -8 -> "subl $8, " + pointer;
              default -> "addl $" + step + ", " + pointer;
            });
        s.append('\n');
      }
    }
    if (random.nextInt(3) == 0) {
      s.append(random.nextBoolean() ? "incl %ecx\n" : "addl $2, %ecx\n");
    }
    if (random.nextInt(3) == 0) {
      s.append(instruction(random)).append('\n');
    }
    s.append(random.nextInt(8) == 0 ? "cmpl $3, %ebp\n" : "").append("decl %ebp\n");
    s.append(random.nextInt(4) == 0 ? "jz 2f\njmp 1b\n" : "jnz 1b\n");
    return s.append("2: adcl $0, %eax\njmp 0b\n").toString();
  }

  private static int start(SplittableRandom random) {
    return switch (random.nextInt(16)) {
      case 0 -> CODE + random.nextInt(0x1000);
      case 1 -> -0x1000 + random.nextInt(0x1100);
      case 2 -> random.nextInt(0x2000);
      case 3 -> random.nextInt(4) == 0 ? TABLE + random.nextInt(0x1000) : DATA;
      case 4, 5, 6 -> DATA + random.nextInt(0x1000 * DATA_PAGES);
      case 7 -> DATA + random.nextInt(0x1000 * DATA_PAGES) | 4;
      default -> DATA + 16 * random.nextInt(0x100 * DATA_PAGES);
    };
  }

  private static String instruction(SplittableRandom random) {
    String m = operand(random);
    String r = pick(random, WORDS);
    return switch (random.nextInt(34)) {
      case 0, 1, 2 -> "movl " + m + ", " + r;
      case 3, 4 -> "movl " + r + ", " + m;
      case 5 -> "movb " + m + ", %al";
      case 6 -> "movb %ah, " + m;
      case 7 -> "movw %dx, " + m;
      case 8 -> "addl " + m + ", " + r;
      case 9 -> "adcl " + r + ", " + m;
      case 10 -> "xorb $0x55, " + m;
      case 11 -> "cmpl $7, " + m + "\n jb 2f";
      case 12 -> "cmpb $1, " + m + "\n je 2f";
      case 13 -> "testl $0x80, " + m + "\n setnz %dl";
      case 14 -> "incl " + m;
      case 15 -> "negw " + m;
      case 16 -> "shll $3, " + m;
      case 17 -> "sarl %cl, " + m;
      case 18 -> "movzbl " + m + ", " + r;
      case 19 -> "sbbl " + m + ", " + r + "\n movswl " + m + ", " + r;
      case 20 -> "movups " + m + ", %xmm1\n paddd %xmm1, %xmm0";
      case 21 -> "movaps %xmm0, " + m;
      case 22 -> "paddb " + m + ", %xmm0";
      case 23 -> "fldl " + m + "\n fstps " + m;
      case 24 -> "fldt " + m + "\n fstp %st";
      case 25 -> "setc " + m;
      case 26 -> "cmovsl " + m + ", " + r;
      case 27 -> "imull " + m + ", " + r;
      case 28 -> "movzbl " + m + ", %edx\n xorb %al, %dl\n xorl " + DATA + "(,%edx,4), %eax";
      case 29 -> "andl $0x3ff, %eax\n addb %dl, " + (DATA + 0x800) + "(%eax)";
      case 30 -> "movb %al, (" + pick(random, POINTERS) + ")\n leal 2(%eax), %edx";
      case 31 -> "movl %ecx, %edx\n shll $6, %edx\n movl " + DATA + "(%edx), %eax";
      default -> "shrdl $5, %edx, " + m;
    };
  }

  private static String operand(SplittableRandom random) {
    String pointer = pick(random, POINTERS);
    int displacement = pick(random, 0, 0, 0, 4, -4, 8, 16, 1, 0x20, -0x40, 0x200);
    return switch (random.nextInt(10)) {
      case 0, 1 -> displacement + "(" + pointer + ",%ecx," + pick(random, 1, 2, 4, 8) + ")";
      case 2 -> DATA + "(,%ecx,4)";
      case 3 -> DATA + displacement + "(%ecx)";
      case 4 -> Integer.toString(DATA + 0x1000 * random.nextInt(2) - pick(random, 0, 2));
      default -> displacement + "(" + pointer + ")";
    };
  }

  private static int pick(SplittableRandom random, int... of) {
    return of[random.nextInt(of.length)];
  }

  private static String pick(SplittableRandom random, String... of) {
    return of[random.nextInt(of.length)];
  }
}
