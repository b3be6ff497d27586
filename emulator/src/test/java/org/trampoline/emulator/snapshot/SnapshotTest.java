package org.trampoline.emulator.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.Registers;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.system.GuestTables;

class SnapshotTest {
  /** Timer interrupts, paging, x87, self-modifying code and output, all in a loop. */
  private static final String PROGRAM =
      GuestTables.LOAD
          + """
                  movl $0x30000, %edi         # page tables: the first 4 MB, identical
                  movl $0x31003, (%edi)
                  movl $0x31000, %edi
                  movl $3, %eax
          1:      movl %eax, (%edi)
                  addl $4, %edi
                  addl $0x1000, %eax
                  cmpl $0x100000, %eax
                  jb 1b
                  movl $0x30000, %eax
                  movl %eax, %cr3
                  movl $0x80000011, %eax
                  movl %eax, %cr0
          """
          + GuestTables.PIC
          + """
                  movb $0x34, %al
                  outb %al, $0x43
                  movb $0x20, %al
                  outb %al, $0x40
                  movb $1, %al
                  outb %al, $0x40
                  fninit
                  fld1
                  sti
          again:  fldpi
                  faddp
          change: movl $0x11111111, %eax
                  incl change + 1
                  addl %eax, %ebx
                  movl %ebx, 0x40000(,%ecx,4)
                  incl %ecx
                  andl $0xfff, %ecx
                  jmp again
          tick:   pushl %eax
                  pushl %edx
                  movw $0x3f8, %dx
                  movb %cl, %al
                  outb %al, %dx
                  movb $0x20, %al
                  outb %al, $0x20
                  popl %edx
                  popl %eax
                  iretl
          """
          + GuestTables.handling("tick");

  private static final int ORIGIN = 0x10000;

  private final Pc pc = new Pc(Machine.builder().memory(1 << 20));
  private final Machine machine = pc.machine();
  private final StringBuilder output = new StringBuilder();

  @AfterEach
  void close() {
    pc.close();
  }

  private void start() {
    byte[] code = Assembler.assemble(new Source("t.S", PROGRAM), ORIGIN, Map.of()).bytes();
    machine.flatProtectedMode();
    machine.load(ORIGIN, code);
    machine.set(Register.EIP, ORIGIN);
    pc.onSerial(value -> output.append((char) value));
  }

  private String runOn(long instructions) {
    output.setLength(0);
    assertEquals(new StopReason.InstructionLimit(), pc.run(instructions));
    Cpu c = machine.cpu();
    return Arrays.toString(Arrays.copyOf(c.reg, 8)) // what is behind them no guest can see
        + c.eip
        + " "
        + c.getEflags()
        + " "
        + Arrays.toString(c.fpu.significand)
        + Arrays.toString(c.fpu.signExponent)
        + c.clock.now()
        + " "
        + machine.instructions()
        + output
        + Arrays.hashCode(machine.ram().toArray(java.lang.foreign.ValueLayout.JAVA_INT));
  }

  @Test
  void theRunFromASnapshotIsTheSameEachTime() {
    start();
    runOn(123_457);
    Snapshot snapshot = Snapshot.of(pc);
    String first = runOn(200_000);
    assertTrue(output.length() > 5, "interrupts came");
    runOn(77_777);
    machine.registers().setXmm(2, new Registers.Vector(5, 6));
    machine.registers().setMsr(0x174, 8);
    snapshot.restore();
    assertEquals(new Registers.Vector(0, 0), machine.registers().xmm(2));
    assertEquals(0, machine.registers().msr(0x174));
    assertEquals(first, runOn(200_000));
    snapshot.restore();
    assertEquals(first, runOn(200_000));
  }

  @Test
  void aSnapshotFromResetIsTheStart() {
    start();
    Snapshot snapshot = Snapshot.of(pc);
    String first = runOn(50_000);
    snapshot.restore();
    assertEquals(ORIGIN, machine.get(Register.EIP));
    assertEquals(0, machine.get(Register.CR3));
    assertEquals(first, runOn(50_000));
    assertTrue(snapshot.size() < 0x4000, "pages of zeros take no room");
  }

  @Test
  void chipsAreSetBack() {
    start();
    pc.keyboard().type(0x1e);
    pc.ports().out(0x70, 1, 0x3f);
    pc.ports().out(0x71, 1, 0x77);
    pc.ports().out(0x92, 1, 0);
    Snapshot snapshot = Snapshot.of(pc);
    assertEquals(0x1e, pc.ports().in(0x60, 1));
    pc.ports().out(0x71, 1, 0x78);
    pc.ports().out(0x92, 1, 2);
    runOn(10_000);
    snapshot.restore();
    assertEquals(0x77, pc.ports().in(0x71, 1) & 0xff);
    assertEquals(1, pc.ports().in(0x64, 1) & 1, "the key is there again");
    assertEquals(0, pc.ports().in(0x92, 1) & 2);
    assertTrue(!machine.cpu().memory.a20());
    assertEquals(0, machine.cpu().clock.now());
  }
}
