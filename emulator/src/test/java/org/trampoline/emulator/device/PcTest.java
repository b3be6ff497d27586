package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;

/** The board's chips are where programs look for them. */
class PcTest {
  private static final int ORIGIN = 0x10000;

  private final Pc pc = new Pc(Machine.builder().memory(4 << 20));
  private final Machine machine = pc.machine();

  @AfterEach
  void close() {
    pc.close();
  }

  private StopReason run(String program) {
    byte[] code = Assembler.assemble(new Source("t.S", program), ORIGIN, Map.of()).bytes();
    machine.flatProtectedMode();
    machine.load(ORIGIN, code);
    machine.cpu().eip = ORIGIN;
    return pc.run(100_000);
  }

  @Test
  void serialDebugAndPostOutput() {
    StringBuilder serial = new StringBuilder();
    StringBuilder debug = new StringBuilder();
    List<Integer> post = new ArrayList<>();
    pc.onSerial(value -> serial.append((char) value));
    pc.onDebug(value -> debug.append((char) value));
    pc.onPost(post::add);
    StopReason reason =
        run(
            """
                    movw $0x3f8, %dx
                    movb $'s', %al
                    outb %al, %dx
                    movw $0x402, %dx
                    movb $'d', %al
                    outb %al, %dx
                    movb $0x42, %al
                    outb %al, $0x80
                    inb %dx, %al
                    hlt
            """);
    assertEquals(new StopReason.Halted(), reason);
    assertEquals("s", serial.toString());
    assertEquals("d", debug.toString());
    assertEquals(List.of(0x42), post);
    assertEquals(0xe9, machine.cpu().reg8(0), "who writes to 402H looks for this first");
  }

  @Test
  void exitPort() {
    pc.exitPort(0xf4);
    assertEquals(new StopReason.Exited(0x1234), run("movl $0x1234, %eax; outl %eax, $0xf4; hlt"));
    assertEquals(1, machine.instructions());
  }

  @Test
  void resetEndsTheRun() {
    assertEquals(new StopReason.Reset(), run("movb $0xfe, %al; outb %al, $0x64; hlt"));
  }

  @Test
  void resetStartsTheProcessorAgain() {
    pc.restartOnReset(true);
    byte[] rom = new byte[0x1_0000];
    byte[] start = {(byte) 0xbb, 0x34, 0x12, (byte) 0xf4}; // mov $0x1234, %bx; hlt
    System.arraycopy(start, 0, rom, 0xfff0, start.length);
    machine.cpu().memory.mapRom(0xffff_0000, rom);
    assertEquals(new StopReason.Halted(), run("movl $5, %ebx; movb $0xfe, %al; outb %al, $0x64"));
    Cpu c = machine.cpu();
    assertEquals(0x1234, c.reg[Cpu.EBX]);
    assertEquals(0xfff4, c.eip);
    assertEquals(0, c.cr0 & 1);
    assertEquals(4, machine.instructions(), "time goes on");
  }

  @Test
  void endlessResetsEnd() {
    pc.restartOnReset(true);
    byte[] rom = new byte[0x1_0000];
    byte[] start = {(byte) 0xb0, (byte) 0xfe, (byte) 0xe6, 0x64}; // mov $0xfe, %al; out %al, $0x64
    System.arraycopy(start, 0, rom, 0xfff0, start.length);
    machine.cpu().memory.mapRom(0xffff_0000, rom);
    assertEquals(new StopReason.InstructionLimit(), pc.run(1000));
  }

  @Test
  void writesToPortsCanBeWatched() {
    List<String> log = new ArrayList<>();
    pc.ports()
        .watch(
            new Ports() {
              @Override
              public int in(int port, int size) {
                return 0;
              }

              @Override
              public void out(int port, int size, int value) {
                log.add("%x.%d=%x".formatted(port, size, value));
              }
            });
    run("movl $0x12345678, %eax; outb %al, $0x80; outw %ax, $0x81; outl %eax, $0x90; hlt");
    assertEquals(List.of("80.1=78", "81.2=5678", "90.4=12345678"), log);
  }

  @Test
  void memoryThatIsNotThereReadsAllOnes() {
    assertEquals(new StopReason.Halted(), run("movl 0x80000000, %eax; hlt"));
    assertEquals(-1, machine.cpu().reg[Cpu.EAX]);
  }

  @Test
  void controllersThatAreNotInitialisedWakeNobody() {
    StopReason reason =
        run(
            """
                    movb $0x0b, %al
                    outb %al, $0x70
                    movb $0x12, %al
                    outb %al, $0x71
                    sti
                    hlt
            """);
    assertEquals(new StopReason.Halted(), reason);
  }
}
