package org.trampoline.emulator.smp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.LocalApics;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;

/** The local APIC as a guest meets it: SDM vol. 3, chapter 10. */
class LocalApicTest {
  private static Several run(String program, long limit) {
    Several s = new Several(2, 1, false);
    if (program.contains("\nap:")) {
      s.loadAll(program);
    } else {
      s.load(program);
    }
    assertInstanceOf(StopReason.Halted.class, s.run(limit));
    return s;
  }

  @Test
  void registersAfterReset_10_4_7() {
    try (Several s = new Several(2, 1, false)) {
      int[][] expected = {
        {0x20, 0}, {0x30, 0x50014}, {0x80, 0}, {0xd0, 0}, {0xe0, -1}, {0xf0, 0xff},
        {0x100, 0}, {0x270, 0}, {0x280, 0}, {0x300, 0}, {0x320, 0x10000}, {0x350, 0x10000},
        {0x360, 0x10000}, {0x370, 0x10000}, {0x380, 0}, {0x390, 0}, {0x3e0, 0}
      };
      for (int[] register : expected) {
        assertEquals(
            register[1],
            s.machine.cpu(0).memory.read32(LocalApics.BASE + register[0]),
            Integer.toHexString(register[0]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptToOneselfComesBeforeTheNextInstruction(boolean translate) {
    try (Several s = new Several(2, 1, translate)) {
      s.load(
          """
          main:   GATE 0x41, handler
                  sti
                  xorl %edx, %edx
                  movl $200, %ecx
          1:      APIC_WRITE 0x300, 0x40041       # shorthand: self
                          incl %ebx
                          loop 1b
                          cli
                          hlt
                  handler:
                          cmpl %ebx, %edx                 # one for each, with nothing between
                          jne 2f
                          incl %edx
                  2:      movl $0, APIC + 0xb0
                          iretl
          """);
      assertInstanceOf(StopReason.Halted.class, s.run(100_000));
      assertEquals(200, s.machine.cpu(0).reg[2], "edx");
    }
  }

  /** The higher class interrupts the lower one's handler, the lower one waits for EOI. */
  @Test
  void prioritiesOfVectors_10_8_3() {
    try (Several s =
        run(
            """
            main:   GATE 0x41, low
                    GATE 0x61, high
                    sti
                    APIC_WRITE 0x300, 0x40041
                    cli
                    hlt
            low:    sti
                    movl $0x5000, %edi
                    movl APIC + 0x120, %eax     # ISR 5F-40
                    stosl
                    APIC_WRITE 0x300, 0x40041
                    movl APIC + 0x220, %eax     # IRR 5F-40: waits, though interrupts are on
                    stosl
                    APIC_WRITE 0x300, 0x40061
                    movl $0x4c, %eax
                    stosl
                    cmpl $0x500c, %edi
                    movl APIC + 0xa0, %eax      # PPR
                    movl %eax, 0x5020
                    cli
                    APIC_WRITE 0xb0, 0
                    movl APIC + 0x120, %eax
                    movl %eax, 0x5024
                    addl $12, %esp
                    hlt
            high:   movl $0x48, %eax
                    stosl
                    movl APIC + 0x130, %eax
                    movl %eax, 0x5028
                    APIC_WRITE 0xb0, 0
                    iretl
            """,
            10_000)) {
      assertEquals(2, s.result(0), "0x41 in service");
      assertEquals(2, s.result(1), "0x41 requested again");
      assertEquals(0x48, s.result(2), "0x61 came at once");
      assertEquals(0x4c, s.result(3), "and 0x41 did not");
      assertEquals(0x40, s.result(8), "PPR");
      assertEquals(0, s.result(9), "ISR after EOI");
      assertEquals(2, s.result(10), "0x61 in service");
    }
  }

  @Test
  void taskPriorityHoldsOff_10_8_3_1() {
    try (Several s =
        run(
            """
            main:   GATE 0x41, handler
                    APIC_WRITE 0x80, 0x40       # TPR: class 4
                    sti
                    APIC_WRITE 0x300, 0x40041
                    nop
                    movl 0x5000, %eax
                    movl %eax, 0x5004
                    APIC_WRITE 0x80, 0x30
                    nop
                    cli
                    hlt
            handler:
                    incl 0x5000
                    APIC_WRITE 0xb0, 0
                    iretl
            """,
            10_000)) {
      assertEquals(0, s.result(1), "class 4 is not above class 4");
      assertEquals(1, s.result(0));
    }
  }

  /** Physical, logical in both models, broadcast, lowest priority, NMI. */
  @Test
  void destinations_10_6_2() {
    try (Several s = new Several(4, 1, false)) {
      s.loadAll(
          """
                  .macro SEND destination, command
                  movl $\\destination << 24, APIC + 0x310
                  movl $\\command, APIC + 0x300
                  movl $3000, %ecx
          1:      loop 1b
                  movl 0x5000, %eax
                  stosl
                  .endm
          main:   GATE 0x41, handler
                  GATE 2, handler
                  movl $0x5040, %edi
                  movl $0x01000000, APIC + 0xd0
                  WAKE_OTHERS
          1:      cmpl $3, 0x5010
                  jne 1b
                  SEND 2, 0x41                    # physical: processor 2
                  SEND 0xa, 0x841                 # logical, flat: bits of 1 and 3
                  SEND 0, 0xc0041                 # all but itself
                  SEND 0xff, 0x4441               # NMI to all by destination
                  SEND 0xe, 0x941                 # lowest priority of 1, 2, 3
                  cli
                  hlt
          ap:     movl $0x01000000, %eax
                  movl %ebx, %ecx
                  shll %cl, %eax
                  movl %eax, APIC + 0xd0          # LDR
                  movl $0x20, %eax
                  cmpl $2, %ebx
                  je 1f
                  movl $0x30, %eax
          1:      movl %eax, APIC + 0x80          # TPR: 2 has the lowest
                  movl $0, APIC + 0x310
                  sti
                  lock incl 0x5010
          1:      hlt
                  jmp 1b
          handler:
                  pushl %eax
                  pushl %ecx
                  movl APIC + 0x20, %ecx
                  shrl $24, %ecx
                  movl $1, %eax
                  shll $3, %ecx
                  shll %cl, %eax
                  lock addl %eax, 0x5000          # a byte for each processor
                  APIC_WRITE 0xb0, 0
                  popl %ecx
                  popl %eax
                  iretl
          """);
      s.run(1_000_000);
      assertEquals(0x00010000, s.result(16), "physical");
      assertEquals(0x01010100, s.result(17), "logical");
      assertEquals(0x02020200, s.result(18), "all but itself");
      assertEquals(0x03030301, s.result(19), "NMI to all");
      assertEquals(0x03040301, s.result(20), "lowest priority");
    }
  }

  @Test
  void clusterModel_10_6_2_2() {
    try (Several s = new Several(2, 1, false)) {
      s.load("main: hlt");
      s.machine.run(100);
      var memory = s.machine.cpu(0).memory;
      memory.write32(LocalApics.BASE + 0xe0, 0x0fffffff);
      memory.write32(LocalApics.BASE + 0xd0, 0x21000000); // cluster 2, member 1
      int executing = s.machine.processor();
      int[][] cases = {{0x21, 1}, {0x23, 1}, {0x22, 0}, {0x31, 0}, {0xf1, 1}, {0xf2, 0}};
      for (int[] c : cases) {
        memory.write32(LocalApics.BASE + 0x310, c[0] << 24);
        memory.write32(LocalApics.BASE + 0x300, 0x841);
        assertEquals(
            executing == 0 ? c[1] * 2 : 0,
            memory.read32(LocalApics.BASE + 0x220) & 2,
            Integer.toHexString(c[0]));
        if (c[1] != 0) {
          s.machine.cpu(executing).interruptController.acknowledge();
          memory.write32(LocalApics.BASE + 0xb0, 0);
        }
      }
    }
  }

  @Test
  void errorsOfVectors_10_5_3() {
    try (Several s =
        run(
            """
            main:   APIC_WRITE 0x300, 0x40005   # vector 5
                    movl APIC + 0x280, %eax
                    movl %eax, 0x5000
                    APIC_WRITE 0x280, 0
                    movl APIC + 0x280, %eax
                    movl %eax, 0x5004
                    APIC_WRITE 0x280, 0
                    movl APIC + 0x280, %eax
                    movl %eax, 0x5008
                    hlt
            """,
            10_000)) {
      assertEquals(0, s.result(0), "not before a write");
      assertEquals(0x20, s.result(1), "send illegal vector");
      assertEquals(0, s.result(2));
    }
  }

  private static final String TIMER =
      """
      main:   GATE 0x41, handler
              APIC_WRITE 0x3e0, 0x0           # divide by 2
              APIC_WRITE 0x320, %s
              APIC_WRITE 0x380, 5000
              sti
      1:      hlt
              cmpl $%d, %%ebx
              jne 1b
              movl APIC + 0x390, %%eax
              movl %%eax, 0x5000
              cli
              hlt
      handler:
              incl %%ebx
              rdtsc
              movl %%eax, 0x5000(, %%ebx, 4)
              movl $0, APIC + 0xb0
              iretl
      """;

  @Test
  void periodicTimerGoesOnWithoutDrift_10_5_4() {
    try (Several s = run(TIMER.formatted("0x20041", 5), 100_000)) {
      for (int i = 2; i <= 5; i++) {
        int period = s.result(i) - s.result(i - 1);
        assertTrue(Math.abs(period - 10_000) < 300, "period of 5000 ticks of 2 cycles: " + period);
      }
      int drift = s.result(5) - s.result(1) - 40_000;
      assertTrue(Math.abs(drift) < 300, "drift " + drift);
      assertTrue(s.result(0) > 4800 && s.result(0) <= 5000, "current count " + s.result(0));
    }
  }

  @Test
  void oneShotTimerEndsAtZero_10_5_4() {
    try (Several s = run(TIMER.formatted("0x41", 1), 100_000)) {
      assertEquals(0, s.result(0));
      assertEquals(1, s.machine.cpu(0).reg[3], "ebx: once");
    }
  }

  @Test
  void maskedTimerCountsAndInterruptsNobody_10_5_1() {
    try (Several s =
        run(
            TIMER
                .formatted("0x10041", 9)
                .replace("1:      hlt", "jmp 2f\n1: hlt")
                .replace(
                    "movl APIC + 0x390", "2: movl $2000, %ecx\n3: loop 3b\n movl APIC + 0x390"),
            100_000)) {
      int count = s.result(0);
      assertTrue(count > 3000 && count < 4500, "about 2000 cycles later: " + count);
      assertEquals(0, s.machine.cpu(0).reg[3]);
    }
  }

  /** A timer of one cycle must not keep the host busy for ever. */
  @Test
  void theShortestPeriodDoesNotHangTheHost() {
    try (Several s = new Several(2, 1, false)) {
      s.load(
          """
          main:   GATE 0x41, handler
                  APIC_WRITE 0x3e0, 0xb
                  APIC_WRITE 0x320, 0x20041
                  APIC_WRITE 0x380, 1
                  sti
          1:      hlt
                  jmp 1b
          handler:
                  movl $0, APIC + 0xb0
                  iretl
          """);
      assertInstanceOf(StopReason.InstructionLimit.class, s.run(200_000));
    }
  }

  /** The 8259s reach a processor by LINT0 as ExtINT, or not at all. */
  @Test
  void theInterruptControllerOfTheBoardComesByLint0_10_5_1() {
    try (Pc pc = new Pc(Machine.builder().memory(4 << 20).processors(2, 1))) {
      Machine machine = pc.machine();
      int svr = LocalApics.BASE + 0xf0;
      int lint0 = LocalApics.BASE + 0x350;
      machine.writeBus(svr, 0x1ff);
      pc.ports().out(0x20, 1, 0x11);
      pc.ports().out(0x21, 1, 0x20);
      pc.ports().out(0x21, 1, 4);
      pc.ports().out(0x21, 1, 1);
      pc.ports().out(0x21, 1, 0xfd);
      pc.pics().line(1).set(true);
      assertEquals(false, machine.cpu(0).interruptLine, "masked after reset");
      machine.writeBus(lint0, 0x700);
      assertEquals(true, machine.cpu(0).interruptLine);
      assertEquals(false, machine.cpu(1).interruptLine, "its own entry is still masked");
      assertEquals(0x21, machine.cpu(0).interruptController.acknowledge());
      assertEquals(false, machine.cpu(0).interruptLine);
    }
  }

  @Test
  void softwareDisableMasksAndKeepsOutInterrupts_10_4_7_2() {
    try (Several s =
        run(
            """
            main:   APIC_WRITE 0x320, 0x20041
                    APIC_WRITE 0xf0, 0xff
                    movl APIC + 0x320, %eax
                    movl %eax, 0x5000
                    APIC_WRITE 0x320, 0x20041
                    movl APIC + 0x320, %eax
                    movl %eax, 0x5004
                    APIC_WRITE 0x300, 0x40041
                    movl APIC + 0x220, %eax
                    movl %eax, 0x5008
                    hlt
            """,
            10_000)) {
      assertEquals(0x30041, s.result(0), "masked");
      assertEquals(0x30041, s.result(1), "and cannot be unmasked");
      assertEquals(0, s.result(2), "no request is taken");
    }
  }

  /** Time passes by the instructions of all; a halted processor's turns are time, too. */
  @Test
  void aProcessorCompletesAnInstructionACycleWhateverTheOthersDo() {
    for (String ap : new String[] {"hlt", "1: jmp 1b"}) {
      try (Several s = new Several(2, 1, false)) {
        s.loadAll(
            """
            main:   WAKE_OTHERS
                    movl $1000, %ecx
            1:      loop 1b
                    rdtsc
                    movl %eax, %esi
                    movl $100000, %ecx
            1:      loop 1b
                    rdtsc
                    subl %esi, %eax
                    movl %eax, 0x5000
                    movl $1, %ebx
                    movl $0x5000, %eax
            1:      jmp 1b
            ap:
            """
                + ap);
        s.run(400_000);
        int cycles = s.result(0);
        assertTrue(Math.abs(cycles - 100_000) < 1000, ap + ": " + cycles);
      }
    }
  }

  @Test
  void resetOfTheBoardResetsAll() {
    try (Pc pc = new Pc(Machine.builder().memory(4 << 20).processors(2, 1))) {
      pc.machine().writeBus(LocalApics.BASE + 0xf0, 0x1ff);
      pc.machine().set(Register.EIP, 0x1234);
      pc.machine().cpu(1).startUp(8);
      pc.resetProcessor();
      assertEquals(0xfff0, pc.machine().cpu(0).eip);
      assertTrue(pc.machine().cpu(1).waitsForSipi);
      assertEquals(0xff, pc.machine().cpu(0).memory.read32(LocalApics.BASE + 0xf0));
    }
  }

  /** Counter 0 of the 8254 is low for less than a turn: events must not happen late. */
  @Test
  void noTickOfTheBoardsTimerIsLostWhileAnotherProcessorIsIdle() {
    try (Pc pc = new Pc(Machine.builder().memory(4 << 20).processors(4, 1).frequency(10_000_000))) {
      Machine machine = pc.machine();
      byte[] code = {(byte) 0xeb, (byte) 0xfe}; // jmp .
      machine.load(0x1000, code);
      machine.flatProtectedMode();
      machine.set(Register.EIP, 0x1000);
      int[] ticks = new int[1];
      machine.writeBus(LocalApics.BASE + 0xf0, 0x1ff);
      machine.writeBus(LocalApics.BASE + 0x350, 0x700);
      pc.ports().out(0x20, 1, 0x13);
      pc.ports().out(0x21, 1, 0x20);
      pc.ports().out(0x21, 1, 3); // automatic end of interrupt
      pc.ports().out(0x21, 1, 0xfe);
      pc.ports().out(0x43, 1, 0x34);
      pc.ports().out(0x40, 1, 0xa9);
      pc.ports().out(0x40, 1, 4);
      for (long ran = 0; ran < 1_000_000; ran += 500) {
        machine.run(500);
        if (machine.cpu(0).interruptLine) {
          machine.cpu(0).interruptController.acknowledge();
          ticks[0]++;
        }
      }
      assertEquals(100, ticks[0], 1, "in 100 ms at 1 kHz");
    }
  }
}
