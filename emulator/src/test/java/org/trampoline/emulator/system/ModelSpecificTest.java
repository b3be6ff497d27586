package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.execute.ModelSpecific;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.PhysicalMemory;

/** Each CPU model has the registers that CPUID promises, and no others (SDM vol. 4). */
class ModelSpecificTest {
  private static final long GP = -1;

  private static Cpu cpu(CpuModel model) {
    return new Cpu(model, new PhysicalMemory(Arena.ofAuto(), 1 << 20), Ports.NONE);
  }

  private static long read(Cpu c, int number) {
    try {
      return ModelSpecific.read(c, number);
    } catch (GuestFault e) {
      assertEquals(Vector.GP, e.vector);
      return GP;
    }
  }

  private static boolean write(Cpu c, int number, long value) {
    try {
      ModelSpecific.write(c, number, value);
      return true;
    } catch (GuestFault e) {
      assertEquals(Vector.GP, e.vector);
      return false;
    }
  }

  @Test
  void machineCheck() {
    assertEquals(GP, read(cpu(CpuModel.I486), 0));
    assertEquals(0, read(cpu(CpuModel.PENTIUM), 1), "P5_MC_TYPE");
    assertEquals(GP, read(cpu(CpuModel.PENTIUM), 0x179));
    Cpu c = cpu(CpuModel.PENTIUM3);
    assertEquals(0, read(c, 0x179), "IA32_MCG_CAP: no banks");
    assertEquals(GP, read(c, 0x401), "IA32_MC0_STATUS");
    assertEquals(true, write(c, 0x17a, 0));
    assertEquals(false, write(c, 0x17a, 8));
  }

  /** SDM vol. 3, 11.11: only defined types and bits; they keep what is written. */
  @Test
  void memoryTypeRanges() {
    assertEquals(GP, read(cpu(CpuModel.PENTIUM), 0xfe));
    Cpu c = cpu(CpuModel.PENTIUM3);
    assertEquals(0x508, read(c, 0xfe), "eight ranges, fixed ranges, WC");
    assertEquals(false, write(c, 0xfe, 0x508));
    assertEquals(true, write(c, 0x200, 0x8000_0006L));
    assertEquals(true, write(c, 0x201, 0xf_8000_0800L));
    assertEquals(0x8000_0006L, read(c, 0x200));
    assertEquals(0xf_8000_0800L, read(c, 0x201));
    assertEquals(false, write(c, 0x200, 0x8000_0002L), "type 2 is reserved");
    assertEquals(false, write(c, 0x201, 0x10_0000_0800L), "beyond 36 bits");
    assertEquals(GP, read(c, 0x210), "there are eight pairs");
    for (int fixed : new int[] {0x250, 0x258, 0x259, 0x268, 0x26f}) {
      assertEquals(true, write(c, fixed, 0x0606_0606_0606_0606L));
      assertEquals(false, write(c, fixed, 0x0606_0606_0306_0606L));
      assertEquals(0x0606_0606_0606_0606L, read(c, fixed));
    }
    assertEquals(true, write(c, 0x2ff, 0xc06));
    assertEquals(false, write(c, 0x2ff, 0xe06));
    c.reset();
    assertEquals(0, read(c, 0x2ff));
  }

  /** SDM vol. 3, 11.12.4: the PAT after reset, and the types it takes. */
  @Test
  void pageAttributeTable() {
    assertEquals(GP, read(cpu(CpuModel.PENTIUM), 0x277));
    Cpu c = cpu(CpuModel.PENTIUM3);
    assertEquals(0x0007_0406_0007_0406L, read(c, 0x277));
    assertEquals(true, write(c, 0x277, 0x0007_0106_0007_0106L));
    assertEquals(false, write(c, 0x277, 0x0007_0206_0007_0106L));
    assertEquals(0x0007_0106_0007_0106L, read(c, 0x277));
  }

  /** SDM vol. 3, 9.11: a kernel clears the signature, executes CPUID and reads the revision. */
  @Test
  void microcodeUpdate() {
    Cpu c = cpu(CpuModel.PENTIUM3);
    assertEquals(true, write(c, 0x8b, 0));
    assertEquals(0, read(c, 0x8b));
    assertEquals(0, read(c, 0x17), "IA32_PLATFORM_ID");
    assertEquals(GP, read(c, 0x79), "write-only");
    assertEquals(true, write(c, 0x79, 0xc000_0000L));
  }
}
