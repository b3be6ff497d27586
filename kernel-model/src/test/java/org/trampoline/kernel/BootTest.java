package org.trampoline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.PageTables;
import org.trampoline.kernel.sched.RunQueue;
import org.trampoline.kernel.sched.TaskStruct;

/** What the machine is like once start-up is over: arch/i386/kernel/head.S, setup.c, traps.c. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BootTest {
  private Booted booted;
  private KernelMemory memory;

  @BeforeAll
  void boot() {
    booted = new Booted(KernelVersion.V2_6_11);
    booted.run();
    memory = booted.kernel.memory();
  }

  @AfterAll
  void close() {
    booted.close();
  }

  private int symbol(String name) {
    return booted.kernel.symbol(name);
  }

  @Test
  void endsInProcess0sHlt() {
    assertInstanceOf(StopReason.Halted.class, booted.reason);
    assertNull(booted.kernel.panicMessage());
    assertEquals(symbol("safe_halt") + 1, booted.machine.get(Register.EIP));
    assertEquals(0, booted.kernel.current().pid());
    assertEquals("swapper", booted.kernel.current().comm());
    assertTrue((booted.machine.get(Register.EFLAGS) & 0x200) != 0, "with interrupts on");
    assertEquals(symbol("init_task"), booted.kernel.sched().runQueue().get(RunQueue.CURR));
  }

  @Test
  void pagingIsOnWithTheKernelsDirectory() {
    int wanted = Control.CR0_PG | Control.CR0_WP | Control.CR0_PE;
    assertEquals(wanted, booted.machine.get(Register.CR0) & wanted);
    assertEquals(KernelMemory.physical(symbol("swapper_pg_dir")), booted.machine.get(Register.CR3));
  }

  /** zap_low_mappings, and the mapping of all memory at PAGE_OFFSET. */
  @Test
  void thePageTablesMapMemoryAtPageOffsetOnly() {
    int directory = symbol("swapper_pg_dir");
    for (int i = 0; i < 1024; i++) {
      int entry = memory.read(directory + 4 * i);
      assertEquals(i >= 768 && i < 772, (entry & 1) != 0, "entry " + i);
      if (entry != 0) {
        int table = KernelMemory.virtual(entry & ~0xfff);
        for (int j = 0; j < 1024; j++) {
          int page = memory.read(table + 4 * j);
          assertEquals((i - 768) * 1024 + j, page >>> 12);
          assertEquals(PageTables.PAGE_KERNEL, page & 0xfff, "page " + i + "/" + j);
        }
      }
    }
  }

  /** arch/i386/kernel/head.S, include/asm-i386/segment.h; SDM vol. 3, 3.4.5. */
  @ParameterizedTest
  @CsvSource({
    "0x60, 00cf9a000000ffff",
    "0x68, 00cf92000000ffff",
    "0x70, 00cffa000000ffff",
    "0x78, 00cff2000000ffff"
  })
  void theGdtHasLinuxsDescriptors(int selector, String descriptor) {
    int address = symbol("cpu_gdt_table") + selector;
    long value = (long) memory.read(address + 4) << 32 | memory.read(address) & 0xffff_ffffL;
    long accessed = 1L << 40;
    assertEquals(Long.parseUnsignedLong(descriptor, 16) & ~accessed, value & ~accessed);
  }

  @Test
  void theTaskRegisterHasEntry16() {
    assertEquals(0x80, booted.machine.get(Register.TR));
    int descriptor = symbol("cpu_gdt_table") + 0x80;
    int base =
        memory.read(descriptor) >>> 16
            | memory.read(descriptor + 4) << 16 & 0xff_0000
            | memory.read(descriptor + 4) & 0xff00_0000;
    assertEquals(symbol("init_tss"), base);
    assertEquals(0x8b00, memory.read(descriptor + 4) & 0xff00, "busy 32-bit TSS (SDM 3, 8.2.2)");
    assertEquals(0x60, booted.machine.get(Register.CS));
    assertEquals(0x68, booted.machine.get(Register.SS));
    assertEquals(0x7b, booted.machine.get(Register.DS));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 8f, divide_error",
    "3, ee, int3",
    "13, 8f, general_protection",
    "14, 8e, page_fault",
    "128, ef, system_call",
    "32, 8e, interrupt",
    "48, 8e, ignore_int"
  })
  void theIdtLeadsToTheEntries(int vector, String attributes, String handler) {
    int gate = symbol("idt_table") + 8 * vector;
    assertEquals(
        booted.kernel.image().symbol(handler),
        memory.read(gate) & 0xffff | memory.read(gate + 4) & 0xffff_0000);
    assertEquals(0x60, memory.read(gate) >>> 16);
    assertEquals(Integer.parseInt(attributes, 16), memory.read(gate + 4) >> 8 & 0xff);
  }

  @Test
  void process1IsAKernelThreadThatWaits() {
    TaskStruct init = booted.kernel.findTask(1);
    assertEquals(0, init.get(TaskStruct.MM));
    assertEquals(TaskStruct.TASK_INTERRUPTIBLE, init.get(TaskStruct.STATE));
    assertEquals(symbol("init_task"), init.get(TaskStruct.PARENT));
    assertEquals("swapper", init.comm(), "until it execs");
    assertEquals("fork 0 -> 1 800b00", booted.events("fork").getFirst());
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void everyVersionBoots(KernelVersion version) {
    try (Booted other = new Booted(version)) {
      assertInstanceOf(StopReason.Halted.class, other.run());
      assertNull(other.kernel.panicMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "64, 64", "1024, 896"})
  void memoryIsWhatTheBootLoaderSays(int megabytes, int mapped) {
    try (Machine machine = Machine.builder().memory((long) megabytes << 20).build()) {
      Kernel kernel = new Kernel(machine, Booted.image(KernelVersion.V2_6_11));
      assertInstanceOf(StopReason.Halted.class, kernel.run(20_000_000));
      int pages = kernel.memory().read(kernel.symbol("max_low_pfn"));
      assertEquals(mapped << 8, pages);
    }
  }

  @Test
  void tooLittleMemoryIsRefused() {
    try (Machine machine = Machine.builder().memory(4 << 20).build()) {
      Vmlinux image = Booted.image(KernelVersion.V2_6_11);
      String message =
          assertThrows(IllegalArgumentException.class, () -> new Kernel(machine, image))
              .getMessage();
      assertEquals("RAM of 4096 KB: the kernel needs at least 8192 KB", message);
    }
  }
}
