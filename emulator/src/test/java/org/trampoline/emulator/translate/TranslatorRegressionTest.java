package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.MmioDevice;

/** What random sequences have found, on both engines. */
class TranslatorRegressionTest {
  private static final int CODE = 0x1000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  private Machine machine;

  @AfterEach
  void close() {
    machine.close();
  }

  private void open(boolean translate) {
    machine =
        Machine.builder()
            .memory(1 << 20)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build();
    machine.flatProtectedMode();
    machine.set(Register.ESP, 0x8000);
  }

  private void load(int at, String source) {
    byte[] code = Assembler.assemble(new Source("test.S", source), at, Map.of()).bytes();
    machine.load(at, code);
    machine.set(Register.EIP, at);
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  /** Paging with the first megabyte mapped to itself. */
  private void page() {
    word(DIRECTORY, TABLE | 7);
    for (int i = 0; i < 256; i++) {
      word(TABLE + 4 * i, i << 12 | 7);
    }
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStoreThatRemapsTheRunningCodeHoldsForTheNextInstruction(boolean translate) {
    open(translate);
    load(0x3000, "nop\n".repeat(10) + "incl %ebx\n hlt\n");
    load(CODE, "movl $0x3007, 0x91004\n hlt\n");
    page();
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(1, machine.get(Register.EBX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRunEndsExactlyBeforeAnInstructionWithoutTemplate(boolean translate) {
    open(translate);
    load(
        CODE,
        "1: "
            + "incl %ebx\n".repeat(30)
            + "jmp 2f\n2: "
            + "incl %ebx\n".repeat(40)
            + "daa\njmp 1b\n");
    machine.run(1000);
    for (int count = 64; count < 150; count++) {
      long before = machine.instructions();
      machine.set(Register.EIP, CODE);
      machine.run(count);
      assertEquals(count, machine.instructions() - before);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dataInTheCodeSegmentIsCheckedAgainstItsLimit(boolean translate) {
    open(translate);
    load(CODE, "1: movl %cs:(%ebx), %eax\n incl %ecx\n jmp 1b\n");
    SegmentRegister gs = machine.cpu().segment[SegmentRegister.GS];
    gs.set(0x68, 0x4000, 0xffff, 0x4093); // another mode, in which nothing is wrong with CS
    machine.run(300);
    gs.set(0x68, 0, -1, 0xc093);
    machine.cpu().segment[SegmentRegister.CS].set(0x60, 0, 0x1eff, 0x409b);
    machine.cpu().segmentsChanged();
    machine.set(Register.EBX, 0x1efc);
    assertEquals(new StopReason.InstructionLimit(), machine.run(300));
    machine.set(Register.EBX, 0x1f00);
    machine.set(Register.EIP, CODE);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#GP(0x0)"), machine.run(300));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void instructionsThatDoNothingCount(boolean translate) {
    open(translate);
    load(CODE, "daa\n daa\n nop\n nop\n daa\n nop\n daa\n hlt\n");
    machine.run(100);
    assertEquals(8, machine.instructions());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLastX87InstructionIsKnownBehindALoopThatEndsByCount(boolean translate) {
    open(translate);
    load(CODE, "fld1\n movl $1, %ecx\n jmp 1f\n1: fchs\n2: loope 2b\n hlt\n");
    machine.run(100);
    assertEquals(CODE + 9, machine.cpu().fpu.instructionOffset);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSegmentIsLoadedFromItsDescriptorAsItIs(boolean translate) {
    open(translate);
    load(
        CODE,
        """
            movl $8, %eax
            movl $100, %ecx
        1:  movl %eax, %ds
            pushl %ds
            popl %es
            loop 1b
            movl %es, %ebx
            movb $1, 0x300e - 2
            movl %eax, %ds
            movl 0, %edx
            hlt
        """);
    word(0x3008, 0x0000_ffff);
    word(0x300c, 0x00cf_9300);
    word(0x1_0000, 77);
    machine.cpu().gdtBase = 0x3000;
    machine.cpu().gdtLimit = 0xf;
    assertEquals(new StopReason.Halted(), machine.run(1000));
    assertEquals(8, machine.get(Register.EBX));
    assertEquals(77, machine.get(Register.EDX));
    assertEquals(0x1_0000, machine.cpu().segment[SegmentRegister.DS].base);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEnterThatOnlyTriesItsTopOfStackDoesNotMakeThePageDirty(boolean translate) {
    open(translate);
    load(CODE, "enter $0x3000, $0\n hlt\n");
    page();
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(0x7067, machine.ram().get(ValueLayout.JAVA_INT, TABLE + 4 * 7));
    assertEquals(0x4007, machine.ram().get(ValueLayout.JAVA_INT, TABLE + 4 * 4));
  }

  @ParameterizedTest
  @CsvSource({
    "false, pushal, 0x7ffc",
    "true, pushal, 0x7ffc",
    "false, pushaw, 0x7ffe",
    "true, pushaw, 0x7ffe"
  })
  void aFaultOfPushaShowsItsFirstStore(boolean translate, String pusha, int address) {
    open(translate);
    load(CODE, pusha + "\n hlt\n");
    page();
    word(TABLE + 4 * 7, 0);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x2)"), machine.run(100));
    assertEquals(address, machine.get(Register.CR2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRunEndsBeforeTheNextFetch(boolean translate) {
    open(translate);
    load(CODE, "incl %ebx\n".repeat(63) + "jmp 0x3000\n");
    page();
    assertEquals(new StopReason.InstructionLimit(), machine.run(64));
    int entry = machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, TABLE + 4 * 3);
    assertEquals(0x3007, entry, "not accessed");
    machine.set(Register.EIP, CODE);
    word(TABLE + 4 * 3, 0);
    assertEquals(new StopReason.InstructionLimit(), machine.run(64));
    assertEquals(0x3000, machine.get(Register.EIP));
    assertEquals(0, machine.get(Register.CR2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInstructionThatEndsInAbsentMemoryIsFetchedEachTime(boolean translate) {
    open(translate);
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    page();
    word(TABLE + 4 * 4, 0x20_0007); // behind RAM
    machine.load(0x3fff, new byte[1]); // add %bh, %bh, with an FF of the bus
    machine.set(Register.EIP, 0x3fff);
    machine.run(1);
    assertEquals(0x4001, machine.get(Register.EIP));
    word(TABLE + 4 * 4, 0);
    machine.cpu().memory.written(TABLE + 4 * 4, 4);
    machine.set(Register.EIP, 0x3fff);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x0)"), machine.run(100));
    assertEquals(0x4000, machine.get(Register.CR2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFetchFromADeviceReadsItOnce(boolean translate) {
    open(translate);
    int[] reads = new int[1];
    machine.mapDevice(
        0x4000,
        0x1000,
        new MmioDevice() {
          @Override
          public int read(int offset, int size) {
            reads[0] += offset == 0 ? 1 : 0;
            return offset == 0 ? 0xc0 : 0xf4;
          }

          @Override
          public void write(int offset, int size, int value) {}
        });
    machine.load(0x3fff, new byte[1]); // add %al, %al; hlt
    machine.set(Register.EIP, 0x3fff);
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(1, reads[0]);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPageWalkThatChangesTheRunningCodeHoldsForTheNextInstruction(boolean translate) {
    open(translate);
    // the entry of page 300H, 00005003, is code, too: addl 0(%eax), %edx; accessed it is andl
    load(TABLE + 0xc00 - 6, "movl 0x300000, %ecx\n .long 0x5003\n .byte 0xc9\n hlt\n");
    page();
    word(0x8000, 5);
    machine.set(Register.EAX, 0x8000);
    machine.set(Register.EDX, 6);
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(4, machine.get(Register.EDX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theCarryOfAShiftIsKnownBehindADecrementWithDeferredFlags(boolean translate) {
    open(translate);
    load(CODE, "shlw $1, %di\n decl %ecx\n jne 1f\n1: andl %esi, (%ebx)\n");
    page();
    machine.set(Register.EDI, 0x8000);
    machine.set(Register.ECX, 2);
    machine.set(Register.EBX, 0x30_0000);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x2)"), machine.run(100));
    assertEquals(Eflags.CF, machine.get(Register.EFLAGS) & Eflags.STATUS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInstructionThatChangesItsOwnPagesEntryReadsItBeforeItIsDirty(boolean translate) {
    open(translate);
    load(CODE, "sarb 0x91244\n hlt\n"); // 07, and 27 when accessed
    page();
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(0x9_1013, machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, TABLE + 4 * 0x91));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resumeHoldsForOneInstructionAlsoBeforeCodeThatNeedsAUnit(boolean translate) {
    open(translate);
    load(
        CODE,
        """
        	movl $2f, %ebx
        1:	pushl $0x10002
        	pushl $0x60
        	pushl %ebx
        	iretl
        2:	movl $3f, %ebx
        	jmp 1b
        3:	incl %ecx
        	movl 0x300000, %eax
        	fld1
        """);
    word(0x3060, 0xffff);
    word(0x3064, 0x00cf_9b00);
    machine.cpu().gdtBase = 0x3000;
    machine.cpu().gdtLimit = 0x67;
    page();
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_TS);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x0)"), machine.run(200));
    assertEquals(1, machine.get(Register.ECX));
    assertEquals(0, machine.get(Register.EFLAGS) & Eflags.RF);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInstructionThatItsOwnPageWalkChangesGoesOnAsItWasFetched(boolean translate) {
    open(translate);
    // the entry of page 300H is 00005003: addl 0(%eax), %edx; for EAX = 300000H it becomes andl
    load(TABLE + 0xc00, ".long 0x5003\n .byte 0xc9\n hlt\n");
    page();
    word(0x5000, 5);
    machine.set(Register.EAX, 0x30_0000);
    machine.set(Register.EDX, 6);
    assertEquals(new StopReason.Halted(), machine.run(100));
    assertEquals(11, machine.get(Register.EDX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRepeatedInstructionResumedWithRfIsFetchedForEachElement(boolean translate) {
    open(translate);
    load(
        0x800,
        """
        	movl $2f, %ebx
        1:	pushl $0x10002
        	pushl $0x60
        	pushl %ebx
        	iretl
        2:	movl $3f, %ebx
        	jmp 1b
        3:	rep stosl
        	hlt
        """);
    word(0x3060, 0xffff);
    word(0x3064, 0x00cf_9b00);
    machine.cpu().gdtBase = 0x3000;
    machine.cpu().gdtLimit = 0x67;
    page();
    machine.set(Register.ECX, 3);
    machine.set(Register.EDI, TABLE - 3); // the first element unmaps the code
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x0)"), machine.run(200));
    assertEquals(2, machine.get(Register.ECX));
    assertEquals(machine.get(Register.EBX), machine.get(Register.CR2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTaskReturnDoesNotLookAtTheStack(boolean translate) {
    open(translate);
    load(
        0x800,
        """
        	pushl $0x4002
        	popfl
        	movl $0xde000000, %esp
        	iretl
        """);
    page();
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#TS(0x0)"), machine.run(200));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAnElementCausesWaitsForTheNextFetchOfARepeatedInstruction(boolean translate) {
    open(translate);
    machine.mapDevice(
        0x4000,
        0x1000,
        new MmioDevice() {
          @Override
          public int read(int offset, int size) {
            return 0;
          }

          @Override
          public void write(int offset, int size, int value) {
            machine.requestStop();
          }
        });
    load(CODE, "rep stosl\n hlt\n");
    machine.set(Register.ECX, 0x1005);
    machine.set(Register.EDI, 0x3ffd);
    assertEquals(new StopReason.Requested(), machine.run(200));
    assertEquals(0x1000, machine.get(Register.ECX));
  }
}
