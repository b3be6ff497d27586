package org.trampoline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VmlinuxTest {
  private static String bytes(Vmlinux image, String symbol, int count) {
    int offset = image.symbol(symbol) - BootLoader.KERNEL_ADDRESS;
    return HexFormat.ofDelimiter(" ").formatHex(image.kernel().bytes(), offset, offset + count);
  }

  /** arch/i386/kernel/process.c of 2.6.11. */
  @Test
  void theTrampolineHasLinuxsBytes() {
    Vmlinux image = Booted.image(KernelVersion.V2_6_11);
    int helper = image.symbol("kernel_thread_helper");
    int displacement = image.symbol("do_exit") - (helper + 11);
    String call = HexFormat.of().toHexDigits(Integer.reverseBytes(displacement));
    assertEquals(
        "89 d0 52 ff d3 50 e8 " + call.replaceAll("..(?!$)", "$0 "),
        bytes(image, "kernel_thread_helper", 11));
    assertEquals(helper + 11, image.symbol("kernel_thread_helper_end"));
  }

  /** arch/i386/kernel/entry.S of 2.6.20 pushes a return address of 0 first. */
  @Test
  void theTrampolineOf2620EndsTheBacktrace() {
    assertEquals(
        "6a 00 89 d0 52 ff d3 50 e8",
        bytes(Booted.image(KernelVersion.V2_6_20), "kernel_thread_helper", 9));
  }

  @Test
  void theKernelIsLinkedAbovePageOffset() {
    Vmlinux image = Booted.image(KernelVersion.V2_6_11);
    assertEquals(0xc010_0000, image.symbol("startup_32"));
    assertEquals(0, image.symbol("init_thread_union") & 8191);
    assertEquals(0, image.symbol("swapper_pg_dir") & 4095);
    assertTrue(image.kernel().end() <= 0xc012_0000, "the image is small");
  }
}
