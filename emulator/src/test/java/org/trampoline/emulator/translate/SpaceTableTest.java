package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.Registers;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Mmu;
import org.trampoline.emulator.memory.MmuStatistics;
import org.trampoline.emulator.memory.SlotLimits;

/** CR3 loads in translated code do what the interpreter's do, and count as they do. */
class SpaceTableTest {
  private static final int CODE = 0x1000;

  /** The page that each address space has a frame of its own for. */
  private static final int USER = 0x40_0000;

  private static final int TABLES = 0x10_0000;
  private static final int FRAMES = 0x30_0000;

  private Machine machine;

  @AfterEach
  void close() {
    machine.close();
  }

  private void open(boolean translate) {
    open(translate, SlotLimits.USUAL);
  }

  private void open(boolean translate, SlotLimits limits) {
    if (machine != null) {
      machine.close();
    }
    machine =
        Machine.builder()
            .memory(4 << 20)
            .slotLimits(limits)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build();
    Assumptions.assumeTrue(
        !translate || machine.translatorStatistics() != null, machine.whyNoTranslator());
    machine.flatProtectedMode();
    machine.set(Register.ESP, 0x8000);
  }

  private void load(int at, String source) {
    machine.load(at, Assembler.assemble(new Source("test.S", source), at, Map.of()).bytes());
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private static int directory(int space) {
    return TABLES + 0x2000 * space;
  }

  /** A space with the first megabyte mapped to itself, and its own number at {@link #USER}. */
  private void space(int number) {
    int directory = directory(number);
    word(directory, 0x87); // 4 MB
    word(directory + 4, directory + 0x1000 | 7);
    word(directory + 0x1000, FRAMES + 0x1000 * number | 7);
    word(FRAMES + 0x1000 * number, number);
  }

  private void page(int spaces) {
    for (int n = 0; n < spaces; n++) {
      space(n);
    }
    machine.set(Register.CR4, Control.CR4_PSE);
    machine.set(Register.CR3, directory(0));
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
  }

  private void runToHalt() {
    machine.set(Register.EIP, CODE);
    assertEquals(new StopReason.Halted(), machine.run(10_000_000));
  }

  /** A walk through {@code spaces} spaces, some loaded twice; EBX sums what it sees. */
  private long[] walk(boolean translate, int spaces, SlotLimits limits) {
    open(translate, limits);
    page(spaces);
    load(
        CODE,
        """
            xorl %ebx, %ebx
            movl $3000, %ecx
            movl $1, %esi
        1:  imull $1103515245, %esi
            addl $12345, %esi
            movl %esi, %eax
            shrl $16, %eax
            xorl %edx, %edx
            movl $SPACES, %edi
            divl %edi
            movl %edx, %eax
            shll $13, %eax
            addl $0x100000, %eax
            movl %eax, %cr3
            addl 0x400000, %ebx
            roll $1, %ebx
            testb $3, %dl
            jnz 2f
            movl %eax, %cr3
        2:  decl %ecx
            jnz 1b
            movl %cr3, %eax
            hlt
        """
            .replace("SPACES", Integer.toString(spaces)));
    MmuStatistics before = machine.statistics().memory();
    runToHalt();
    MmuStatistics after = machine.statistics().memory();
    long[] seen = {
      machine.get(Register.EBX),
      machine.get(Register.EAX),
      machine.instructions(),
      after.cr3Loads() - before.cr3Loads(),
      after.switches() - before.switches()
    };
    if (translate && spaces <= 8) {
      long translated = machine.translatorStatistics().executed();
      assertTrue(translated > 0.99 * machine.instructions(), translated + " translated");
    }
    return seen;
  }

  private void compareWalks(int spaces, SlotLimits limits) {
    long[] expected = walk(false, spaces, limits);
    long[] actual = walk(true, spaces, limits);
    for (int n = 0; n < expected.length; n++) {
      assertEquals(expected[n], actual[n], "number " + n);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 40, 180})
  void spacesAreSwitchedAndCountedAsByTheInterpreter(int spaces) {
    compareWalks(spaces, SlotLimits.USUAL);
  }

  /** More spaces than slots: what the table has of one that is recycled must not be used. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 9, 20, 39})
  void slotsAreRecycled(int slots) {
    compareWalks(40, new SlotLimits(slots, 1 << 30));
    compareWalks(40, new SlotLimits(slots, 300_000));
  }

  /**
   * While one processor runs, more directories are retired than the other one can catch up with.
   */
  @ParameterizedTest
  @ValueSource(ints = {40, 1500})
  void anotherProcessorRecyclesTheSlots(int loads) {
    open(true, new SlotLimits(4, 1 << 30));
    page(40);
    load(
        CODE,
        """
            movl $0x102000, %eax
            movl %eax, %cr3
            movl 0x400000, %ebx
            movl $0x104000, %eax
            movl %eax, %cr3
            addl 0x400000, %ebx
            hlt
        """);
    runToHalt();
    runToHalt();
    assertEquals(3, machine.get(Register.EBX));
    Mmu other = new Mmu(machine.cpu().memory, new GuestFault());
    other.setControl(machine.cpu().cr0, directory(3), machine.cpu().cr4);
    for (int n = 0; n < loads; n++) {
      other.loadCr3(directory(3 + n % 37));
      assertEquals(3 + n % 37, other.read32(USER));
      assertTrue(other.codeHost(CODE) != 0);
    }
    runToHalt();
    assertEquals(3, machine.get(Register.EBX));
  }

  /**
   * With the gate shut two values of CR3 name a directory, and both are forgotten with its slot.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoNamesOfADirectoryWithoutA20(boolean translate) {
    open(translate, new SlotLimits(4, 1 << 30));
    machine.cpu().memory.setA20(false);
    int base = 0x4_0000;
    for (int n = 0; n < 8; n++) { // as space() has them, below 1 MB
      int directory = base + 0x2000 * n;
      word(directory, 0x87);
      word(directory + 4, directory + 0x1000 | 7);
      word(directory + 0x1000, 0x8_0000 + 0x1000 * n | 7);
      word(0x8_0000 + 0x1000 * n, 1 << 4 * n);
    }
    machine.set(Register.CR4, Control.CR4_PSE);
    machine.set(Register.CR3, base);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
    load(
        CODE,
        """
            movl $100, %ecx
        1:  xorl %ebx, %ebx
            movl $0x40000, %eax
        2:  movl %eax, %cr3
            addl 0x400000, %ebx
            xorl $0x100000, %eax
            movl %eax, %cr3
            addl 0x400000, %ebx
            addl $0x2000, %eax
            testl $0x10000, %eax
            jz 2b
            decl %ecx
            jnz 1b
            hlt
        """);
    runToHalt();
    assertEquals(0x2222_2222, machine.get(Register.EBX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTableThatWasChangedWhileAnotherSpaceWasInUseIsSeen(boolean translate) {
    open(translate);
    page(2);
    load(
        CODE,
        """
            movl $20, %ecx
            xorl %ebx, %ebx
        1:  movl $0x102000, %eax
            movl %eax, %cr3
            addl 0x400000, %ebx
            movl $0x100000, %eax
            movl %eax, %cr3
            xorl $0x1000, 0x103000     # space 1: the frame of space 0 and its own in turn
            decl %ecx
            jnz 1b
            hlt
        """);
    runToHalt();
    assertEquals(10, machine.get(Register.EBX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void executionGoesOnWhereTheNextInstructionIsThen(boolean translate) {
    open(translate);
    page(2);
    // both spaces have code at USER, which loads the other one; the frames differ behind that
    String code = "1: movl %edx, %cr3\n xchgl %eax, %edx\n incl %REG\n decl %ecx\n jnz 1b\n hlt\n";
    load(FRAMES, code.replace("REG", "ebx"));
    load(FRAMES + 0x1000, code.replace("REG", "esi"));
    load(CODE, "movl $100, %ecx\n movl $0x102000, %edx\n movl $0x100000, %eax\n jmp *%edi\n");
    machine.set(Register.EDI, USER);
    runToHalt();
    assertEquals(50, machine.get(Register.ESI));
    assertEquals(50, machine.get(Register.EBX));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void atOtherLevelsALoadFaults(boolean translate) {
    open(translate);
    page(2);
    load(CODE, "movl $9, %ecx\n1: movl %edx, %cr3\n decl %ecx\n jnz 1b\n hlt\n");
    machine.set(Register.EDX, directory(1));
    runToHalt();
    Registers registers = machine.registers();
    registers.setSegment(SegmentRegister.CS, new Registers.Segment(0x1b, 0, -1, 0xc0fb));
    registers.setSegment(SegmentRegister.SS, new Registers.Segment(0x23, 0, -1, 0xc0f3));
    registers.setCpl(3);
    int[] seen = {-1};
    machine.onFault(
        (vector, error, linear) -> {
          seen[0] = vector;
          machine.requestStop();
          return true;
        });
    machine.set(Register.EIP, CODE);
    machine.set(Register.EDX, directory(0));
    assertEquals(new StopReason.Requested(), machine.run(1000));
    assertEquals(Vector.GP, seen[0]);
    assertEquals(CODE + 5, machine.get(Register.EIP));
    assertEquals(directory(1), machine.get(Register.CR3));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withPaeTheDirectoryPointersAreLoadedEachTime(boolean translate) {
    open(translate);
    for (int n = 0; n < 2; n++) {
      int directory = 0x30000 + 0x1000 * n;
      int table = 0x40000 + 0x1000 * n;
      word(directory, 0x87); // 2 MB
      word(directory + 16, table | 7);
      word(table, FRAMES + 0x1000 * n | 7);
      word(FRAMES + 0x1000 * n, 1 + 99 * n);
    }
    word(0x20000, 0x30001);
    machine.set(Register.CR4, Control.CR4_PAE);
    machine.set(Register.CR3, 0x20000);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
    load(
        CODE,
        """
            xorl %ebx, %ebx
            movl $20, %ecx
        1:  movl %eax, %cr3
            addl 0x400000, %ebx
            xorl $0x1000, 0x20000
            decl %ecx
            jnz 1b
            hlt
        """);
    machine.set(Register.EAX, 0x20000);
    runToHalt();
    assertEquals(1010, machine.get(Register.EBX));
  }
}
