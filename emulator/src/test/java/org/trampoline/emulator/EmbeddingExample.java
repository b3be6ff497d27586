package org.trampoline.emulator;

import java.nio.charset.StandardCharsets;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;

/** The example of docs/embedding.md: a program in ring 3 whose system calls the host serves. */
final class EmbeddingExample {
  private static final int TEXT = 0x0804_8000;
  private static final int STACK = 0xbfff_0000;
  private static final int WRITE = 4;
  private static final int EXIT = 1;

  private EmbeddingExample() {}

  /** Runs a program linked for 0x08048000 and returns what it wrote and how it ended. */
  static String run(byte[] program) {
    StringBuilder log = new StringBuilder();
    try (Machine machine = Machine.builder().memory(16 << 20).build()) {
      machine.flatProtectedMode();
      machine.load(0x10_0000, program);

      LinearMap map = new LinearMap(machine, 0x20_0000);
      map.map(TEXT, 0x10_0000, 0x1_0000, false, true);
      map.activate();

      // Memory appears when it is touched: the stack's pages, and nothing else.
      machine.onFault(
          (vector, errorCode, linear) -> {
            int page = linear & ~0xfff;
            if (vector != 14 || page < STACK - 0x1_0000 || page >= STACK) {
              log.append("fault ").append(vector);
              machine.requestStop();
              return true;
            }
            map.map(page, 0x30_0000 + (STACK - page), 0x1000, true, true);
            log.append("page ").append(Integer.toHexString(page)).append('\n');
            return true;
          });

      // System calls are the host's.
      machine.onInterrupt(
          vector -> {
            if (vector == 0x80 && machine.get(Register.EAX) == WRITE) {
              byte[] text = new byte[machine.get(Register.EDX)];
              for (int i = 0; i < text.length; i++) {
                text[i] = (byte) machine.readLinear(machine.get(Register.ECX) + i, 1);
              }
              log.append(new String(text, StandardCharsets.UTF_8));
              machine.set(Register.EAX, text.length);
            } else if (vector == 0x80 && machine.get(Register.EAX) == EXIT) {
              log.append("exit ").append(machine.get(Register.EBX)).append('\n');
              machine.requestStop();
            }
            return true;
          });

      // Stores can be watched, with the registers as they are then.
      machine.observe(
          new Observer() {
            @Override
            public void memoryWrite(Engine engine, int linear, int size, long value) {
              log.append("store %x at eip %x%n".formatted(value, engine.get(Register.EIP)));
            }
          });

      Registers registers = machine.registers();
      for (int i = 0; i < 6; i++) {
        boolean code = i == SegmentRegister.CS;
        int selector = code ? 0x73 : 0x7b;
        int attributes = code ? 0xc0fb : 0xc0f3; // DPL 3, 32 bits, up to 4 GB
        registers.setSegment(i, new Registers.Segment(selector, 0, -1, attributes));
      }
      registers.setGeneral(4, STACK);
      registers.setEip(TEXT);
      StopReason reason = machine.run(1_000_000);
      return log.append(reason).toString();
    }
  }
}
