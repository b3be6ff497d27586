package org.trampoline.bench.programs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Code without loops: blocks of a few instructions, each of which ends with a branch over none to
 * two of the next ones, as code that runs seldom looks to a processor. One pass goes through it
 * from front to end. The same size and seed give the same bytes anywhere.
 *
 * <p>It is encoded here, byte by byte, because an assembler would take minutes for megabytes.
 */
public final class FlatCode {
  private static final int[] REGISTERS = {0, 2, 3, 6, 7}; // eax edx ebx esi edi
  private static final int[] ALU = {0x01, 0x09, 0x21, 0x29, 0x31}; // add or and sub xor
  private static final int EBP = 5;

  /** Words of data that it loads and stores, zero at first. */
  private static final int CELLS = 0x4000;

  /** The longest block and the code after the last one. */
  private static final int RESERVE = 160;

  private final SplittableRandom random;
  private final ByteBuffer code;

  private FlatCode(int bytes, long seed) {
    random = new SplittableRandom(seed);
    code = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Such a program.
   *
   * @param bytes its size, at least 1024; it is a little shorter
   */
  public static byte[] generate(int bytes, long seed) {
    return new FlatCode(bytes, seed).program();
  }

  private byte[] program() {
    code.put((byte) 0x51); // push ecx
    code.put((byte) 0xbf).putInt(Frame.SCRATCH); // mov edi, SCRATCH
    code.put((byte) 0xb9).putInt(CELLS); // mov ecx, CELLS
    code.put(new byte[] {0x31, (byte) 0xc0, (byte) 0xf3, (byte) 0xab}); // xor eax, eax; rep stosd
    code.put((byte) 0x59); // pop ecx
    code.put((byte) 0xbd).putInt(Frame.SCRATCH); // mov ebp, SCRATCH
    for (int register : REGISTERS) {
      code.put((byte) (0xb8 + register)).putInt(random.nextInt());
    }
    int start = code.position();
    int[] open = {-1, -1}; // branches over this block and the next, and over this one
    while (code.position() < code.capacity() - RESERVE) {
      int branch = block();
      bind(open[1]);
      open[1] = open[0];
      open[0] = -1;
      switch (random.nextInt(3)) {
        case 0 -> bind(branch);
        case 1 -> {
          if (open[1] < 0) {
            open[1] = branch;
          } else {
            bind(branch);
          }
        }
        default -> open[0] = branch;
      }
    }
    bind(open[0]);
    bind(open[1]);
    code.put((byte) 0x49); // dec ecx
    code.put((byte) 0x0f).put((byte) 0x85).putInt(start - (code.position() + 4)); // jnz start
    for (int register : new int[] {2, 3, 6, 7}) {
      code.put((byte) 0x31).put(modrm(3, register, 0)); // xor eax, register
    }
    code.put((byte) 0xc3); // ret
    return Arrays.copyOf(code.array(), code.position());
  }

  /** Appends instructions and a branch without a target; returns where its displacement is. */
  private int block() {
    for (int n = 2 + random.nextInt(6); n > 0; n--) {
      instruction();
    }
    code.put((byte) 0xf7).put(modrm(3, 0, register())).putInt(1 << random.nextInt(32)); // test
    code.put((byte) 0x0f).put((byte) (0x84 + random.nextInt(2))).putInt(0); // jz, jnz
    return code.position() - 4;
  }

  private void bind(int displacement) {
    if (displacement >= 0) {
      code.putInt(displacement, code.position() - (displacement + 4));
    }
  }

  private void instruction() {
    int register = register();
    switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          code.put((byte) ALU[random.nextInt(ALU.length)]).put(modrm(3, register(), register));
      case 3 -> code.put((byte) 0x81).put(modrm(3, 0, register)).putInt(random.nextInt()); // add
      case 4 -> code.put((byte) 0x8b).put(modrm(2, register, EBP)).putInt(cell()); // load
      case 5 -> code.put((byte) 0x89).put(modrm(2, register, EBP)).putInt(cell()); // store
      case 6 -> code.put((byte) 0xc1).put(modrm(3, 0, register)).put((byte) random.nextInt(1, 32));
      default -> code.put((byte) 0x0f).put((byte) 0xaf).put(modrm(3, register, register())); // imul
    }
  }

  private int register() {
    return REGISTERS[random.nextInt(REGISTERS.length)];
  }

  /** The offset of a word of data. */
  private int cell() {
    return random.nextInt(CELLS) * 4;
  }

  private static byte modrm(int mod, int reg, int rm) {
    return (byte) (mod << 6 | reg << 3 | rm);
  }
}
