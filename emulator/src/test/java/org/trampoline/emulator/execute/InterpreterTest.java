package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Register;

/** The interpreter beyond single instructions: blocks, their ends, and what interrupts them. */
class InterpreterTest {
  private static final StopReason LIMIT = new StopReason.InstructionLimit();
  private static final StopReason HALTED = new StopReason.Halted();

  private static final int MEMORY = 1 << 20;
  private static final int CODE = 0x1000;
  private static final int STACK = 0x8_0000;
  private static final int GDT = 0x2000;
  private static final int IDT = 0x2800;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  private Machine machine;

  @BeforeEach
  void open() {
    machine = Machine.builder().memory(MEMORY).engine(ExecutionEngine.INTERPRETER).build();
    machine.flatProtectedMode();
    machine.cpu().gdtBase = GDT;
    machine.cpu().gdtLimit = 0x6f;
    machine.cpu().idtBase = IDT;
    machine.cpu().idtLimit = 0xff;
    word(GDT + 0x60, 0x0000_ffff);
    word(GDT + 0x64, 0x00cf_9b00);
    word(GDT + 0x68, 0x0000_ffff);
    word(GDT + 0x6c, 0x00cf_9300);
    machine.set(Register.ESP, STACK);
    machine.set(Register.EIP, CODE);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void load(int at, String source) {
    machine.load(at, Assembler.assemble(new Source("test.S", source), at, Map.of()).bytes());
  }

  private void gate(int vector, int handler) {
    word(IDT + 8 * vector, 0x60 << 16 | handler & 0xffff);
    word(IDT + 8 * vector + 4, handler & 0xffff_0000 | 0x8e00);
  }

  private void paging() {
    for (int page = 0; page < MEMORY >> 12; page++) {
      word(TABLE + 4 * page, page << 12 | 3);
    }
    word(DIRECTORY, TABLE | 3);
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | 0x8001_0000);
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private int word(int at) {
    return machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  // ---- code that changes (SDM vol. 3, 11.6: a processor notices it at once)

  @Test
  void aStoreIntoTheRunningBlockActsOnTheNextInstruction() {
    load(CODE, "movb $0x43, target; target: incl %eax; hlt"); // 43: incl %ebx
    assertEquals(HALTED, machine.run(10));
    assertEquals(0, machine.get(Register.EAX));
    assertEquals(1, machine.get(Register.EBX));
  }

  @Test
  void aStringStoreIntoTheRunningBlockActsToo() {
    load(CODE, "movl $target, %edi; movb $0x43, %al; stosb; target: incl %ecx; hlt");
    assertEquals(HALTED, machine.run(10));
    assertEquals(0, machine.get(Register.ECX));
    assertEquals(1, machine.get(Register.EBX));
  }

  @Test
  void aStoreIntoAnotherPageActsOnItsNextExecution() {
    load(0x3000, "incl %eax; ret");
    load(CODE, "call 0x3000; call 0x3000; movb $0x43, 0x3000; call 0x3000; hlt");
    assertEquals(HALTED, machine.run(100));
    assertEquals(2, machine.get(Register.EAX));
    assertEquals(1, machine.get(Register.EBX));
  }

  @Test
  void aStoreThroughAnAliasActsToo() {
    paging();
    word(TABLE + 4 * 5, 0x3003); // linear 5000H and 6000H are both physical 3000H
    word(TABLE + 4 * 6, 0x3003);
    load(0x3000, "incl %eax; ret");
    load(CODE, "call 0x5000; movb $0x43, 0x6000; call 0x5000; hlt");
    assertEquals(HALTED, machine.run(100));
    assertEquals(1, machine.get(Register.EAX));
    assertEquals(1, machine.get(Register.EBX));
  }

  @Test
  void aStoreIntoTheSecondPageOfAnInstructionActs() {
    load(0x4ffd, "movl $0x11111111, %eax; ret");
    load(CODE, "call 0x4ffd; movl %eax, %ebx; movb $0x22, 0x5001; call 0x4ffd; hlt");
    assertEquals(HALTED, machine.run(100));
    assertEquals(0x1111_1111, machine.get(Register.EBX));
    assertEquals(0x2211_1111, machine.get(Register.EAX));
  }

  @Test
  void anInstructionGoesOnInWhateverPageIsMappedNext() {
    paging();
    load(0x4ffd, "movl $0x11111111, %eax; ret");
    load(0x7000, ".byte 0x33, 0x33, 0xc3");
    load(
        CODE,
        """
        call 0x4ffd
        movl %eax, %ebx
        movl $0x7003, 0x91014
        invlpg 0x5000
        call 0x4ffd
        hlt
        """);
    assertEquals(HALTED, machine.run(100));
    assertEquals(0x1111_1111, machine.get(Register.EBX));
    assertEquals(0x3333_1111, machine.get(Register.EAX));
  }

  @Test
  void theFetchOfAnInstructionsSecondPageMayFault() {
    paging();
    word(TABLE + 4 * 5, 0);
    load(0x3000, "popl %ecx; movl %cr2, %edx; hlt");
    gate(14, 0x3000);
    load(0x4ffc, "nop; movl $0x11111111, %eax");
    machine.set(Register.EIP, 0x4ffc);
    assertEquals(HALTED, machine.run(100));
    assertEquals(0x5000, machine.get(Register.EDX), "CR2 is the byte that could not be fetched");
    assertEquals(0, machine.get(Register.ECX), "error code: not present, read");
    assertEquals(0x4ffd, word(machine.get(Register.ESP)), "eip in the frame");
  }

  // ---- limits of the code segment (SDM vol. 3, 5.3)

  private void codeLimit(int limit) {
    machine.cpu().segment[SegmentRegister.CS].set(0x60, 0, limit, 0x409b);
    machine.cpu().segmentsChanged();
  }

  @Test
  void executionEndsAtTheCodeSegmentsLimit() {
    load(CODE, "nop; nop; nop; nop; nop; hlt");
    codeLimit(CODE + 2);
    assertEquals(new StopReason.TripleFault("#GP(0x0)"), machine.run(100));
    assertEquals(3, machine.instructions());
    assertEquals(CODE + 3, machine.get(Register.EIP));
  }

  @Test
  void anInstructionMustLieWithinTheLimitWholly() {
    load(CODE, "nop; movl $1, %eax; hlt");
    machine.run(3);
    assertEquals(1, machine.get(Register.EAX), "it is known already when the limit comes");
    machine.set(Register.EAX, 0);
    machine.set(Register.EIP, CODE);
    codeLimit(CODE + 4);
    assertEquals(new StopReason.TripleFault("#GP(0x0)"), machine.run(100));
    assertEquals(0, machine.get(Register.EAX));
    assertEquals(CODE + 1, machine.get(Register.EIP));
  }

  // ---- repeated strings (SDM vol. 2, REP)

  @Test
  void aRepeatedMoveIsInterruptedByAPageFaultAndResumed() {
    paging();
    word(TABLE + 4 * 6, 0);
    load(
        0x3000, "movl %ecx, 0xa000; movl %edi, 0xa004; movl $0x6003, 0x91018; addl $4, %esp; iret");
    gate(14, 0x3000);
    load(CODE, "movl $0x5ff8, %edi; movl $0x1000, %esi; movl $16, %ecx; cld; rep movsb; hlt");
    assertEquals(HALTED, machine.run(100));
    assertEquals(8, word(0xa000), "what was left at the fault");
    assertEquals(0x6000, word(0xa004));
    assertEquals(0, machine.get(Register.ECX));
    assertEquals(0x6008, machine.get(Register.EDI));
    assertEquals(-1, machine.ram().asSlice(CODE, 16).mismatch(machine.ram().asSlice(0x5ff8, 16)));
    assertEquals(6 + 5, machine.instructions(), "rep movsb completes once");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 10_000})
  void aRepeatedStringIsOneInstructionHoweverLong(int length) {
    load(CODE, "rep stosb; nop");
    machine.set(Register.ECX, length);
    machine.set(Register.EDI, 0x1_0000);
    machine.set(Register.EAX, 7);
    assertEquals(LIMIT, machine.run(1));
    assertEquals(0, machine.get(Register.ECX));
    assertEquals(CODE + 2, machine.get(Register.EIP));
    assertEquals(1, machine.instructions());
    assertEquals(0, machine.ram().get(ValueLayout.JAVA_BYTE, 0x1_0000 + length));
    assertEquals(7, machine.ram().get(ValueLayout.JAVA_BYTE, 0x1_0000 + length - 1));
  }

  // ---- how a run ends

  @Test
  void theLimitIsExact() {
    load(CODE, "1: incl %eax; pushl %eax; popl %ebx; call 2f; jmp 1b; 2: incl %ecx; ret");
    int[] eips = new int[100];
    for (int i = 0; i < eips.length; i++) {
      eips[i] = machine.get(Register.EIP);
      assertEquals(LIMIT, machine.run(1));
      assertEquals(i + 1, machine.instructions());
    }
    for (int count = 0; count < eips.length; count++) {
      machine.set(Register.EIP, CODE);
      machine.set(Register.ESP, STACK);
      long before = machine.instructions();
      assertEquals(LIMIT, machine.run(count));
      assertEquals(before + count, machine.instructions());
      assertEquals(eips[count], machine.get(Register.EIP), "after " + count);
    }
  }

  @Test
  void stopsAndHostFunctionsActInTheMiddleOfABlockKnownAlready() {
    load(CODE, "incl %eax; incl %ebx; incl %ecx; jmp 0x1000");
    machine.run(100);
    machine.stopAt(CODE + 1);
    assertEquals(new StopReason.Reached(CODE + 1), machine.run(100));
    assertEquals(26, machine.get(Register.EAX));
    assertEquals(25, machine.get(Register.EBX));
    machine.clearStop(CODE + 1);
    machine.hostCall(CODE + 2, (engine, _) -> engine.set(Register.EDX, engine.get(Register.EBX)));
    machine.run(2);
    assertEquals(26, machine.get(Register.EDX));
    machine.hostCall(CODE + 2, null);
    machine.run(100);
    assertEquals(26, machine.get(Register.EDX));
  }

  @Test
  void anotherThreadMayEndTheRun() throws InterruptedException {
    load(CODE, "1: incl %eax; jmp 1b");
    Thread stopper =
        Thread.ofPlatform()
            .start(
                () -> {
                  sleep();
                  machine.requestStop();
                });
    assertEquals(new StopReason.Requested(), machine.run(Long.MAX_VALUE));
    stopper.join();
    assertFalse(machine.get(Register.EAX) == 0);
    assertEquals(LIMIT, machine.run(10), "it was asked once");
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void endlessFaultsEndByTheLimit() {
    load(CODE, "ud2");
    gate(6, CODE);
    assertEquals(LIMIT, machine.run(1000));
    assertEquals(0, machine.instructions());
    assertEquals(STACK - 12 * 1000, machine.get(Register.ESP));
  }

  @Test
  void aThirdFaultShutsTheProcessorDown() {
    // SDM vol. 3, 6.15, "Interrupt 8"
    machine.cpu().idtLimit = 0;
    load(CODE, "incl %eax; ud2");
    assertEquals(new StopReason.TripleFault("#UD"), machine.run(100));
    assertEquals(1, machine.instructions());
    assertEquals(CODE + 1, machine.get(Register.EIP));
  }

  @Test
  void accessesBeyondMemoryStopBeforeTheInstruction() {
    load(CODE, "incl %eax; movl 0x200000, %ebx");
    assertEquals(new StopReason.NoMemory(0x20_0000, false), machine.run(100));
    assertEquals(CODE + 1, machine.get(Register.EIP));
    load(CODE, "incl %eax; movl %ebx, 0x200000");
    machine.set(Register.EIP, CODE);
    assertEquals(new StopReason.NoMemory(0x20_0000, true), machine.run(100));
    assertEquals(CODE + 1, machine.get(Register.EIP));
    load(CODE, "jmp 0x200000");
    machine.set(Register.EIP, CODE);
    assertEquals(new StopReason.NoMemory(0x20_0000, false), machine.run(100));
    assertEquals(0x20_0000, machine.get(Register.EIP));
  }

  // ---- operands that are their own address

  @Test
  void exchangesWithTheirOwnAddressRegister() {
    word(0xa000, 5);
    load(CODE, "xaddl %eax, (%eax)");
    machine.set(Register.EAX, 0xa000);
    machine.run(1);
    assertEquals(5, machine.get(Register.EAX));
    assertEquals(0xa005, word(0xa000));

    load(CODE, "xchgl %eax, (%eax)");
    machine.set(Register.EAX, 0xa000);
    machine.set(Register.EIP, CODE);
    machine.run(1);
    assertEquals(0xa005, machine.get(Register.EAX));
    assertEquals(0xa000, word(0xa000));
  }

  @Test
  void popComputesItsAddressAfterThePop() {
    // SDM vol. 2, POP: with ESP as base register the address is that after the increment
    word(STACK - 8, 0x1234);
    load(CODE, "popl (%esp)");
    machine.set(Register.ESP, STACK - 8);
    machine.run(1);
    assertEquals(0x1234, word(STACK - 4));
    assertEquals(STACK - 4, machine.get(Register.ESP));
  }

  @Test
  void enterWith16BitOperandsLeavesTheUpperHalfOfEbp() {
    // 386 manual, ENTER: BP := frame-ptr; Unicorn goes by the stack's size, silicon does not
    load(CODE, ".byte 0x66, 0xc8, 8, 0, 1"); // enterw $8, $1
    machine.set(Register.EBP, 0x1234_5678);
    machine.run(1);
    assertEquals(0x1234_0000 | STACK - 2 & 0xffff, machine.get(Register.EBP));
    assertEquals(STACK - 12, machine.get(Register.ESP));
    assertEquals(0x5678, word(STACK - 2) & 0xffff);
  }

  @Test
  void storesAndFencesBesideTheCachesAreOrdinaryOnes() {
    // movnti %ecx,0xa000; clflush 0xa000; lfence; mfence; sfence; hlt
    load(
        CODE,
        ".byte 0x0f,0xc3,0x0d,0,0xa0,0,0, 0x0f,0xae,0x3d,0,0xa0,0,0,"
            + " 0x0f,0xae,0xe8, 0x0f,0xae,0xf0, 0x0f,0xae,0xf8, 0xf4");
    machine.set(Register.ECX, 77);
    assertEquals(HALTED, machine.run(100));
    assertEquals(77, word(0xa000));
    assertEquals(6, machine.instructions());
  }
}
