package org.trampoline.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;

/**
 * The guest half of the kernel, assembled from the {@code .S} resources: the image that the boot
 * loader puts at 1 MB, and the real-mode code that starts it. It does not change, and any number of
 * machines can be started from one.
 */
public final class Vmlinux {
  private final KernelVersion version;
  private final boolean smp;
  private final AssembledCode kernel;
  private final AssembledCode setup;
  private final AssembledCode reset;

  private Vmlinux(KernelVersion version, boolean preempt, boolean smp) {
    this.version = version;
    this.smp = smp;
    String offsets = AsmOffsets.source(version, preempt, smp);
    Includes includes =
        name ->
            name.equals("asm-offsets.h")
                ? Optional.of(new Source(name, offsets))
                : Optional.ofNullable(resource(name));
    kernel = assemble("vmlinux.S", BootLoader.KERNEL_ADDRESS, includes);
    setup = assemble16("arch/i386/boot/setup.S", 0, offsets);
    reset = assemble16("arch/i386/boot/reset.S", BootLoader.RESET_OFFSET, offsets);
  }

  /** Assembles the kernel of a version. */
  public static Vmlinux assemble(KernelVersion version) {
    return assemble(version, true);
  }

  /**
   * Assembles the kernel of a version.
   *
   * @param preempt CONFIG_PREEMPT: whether kernel code is preempted, too; true unless told
   */
  public static Vmlinux assemble(KernelVersion version, boolean preempt) {
    return assemble(version, preempt, false);
  }

  /**
   * Assembles the kernel of a version.
   *
   * @param smp CONFIG_SMP: whether it uses more processors than one; false unless told
   */
  public static Vmlinux assemble(KernelVersion version, boolean preempt, boolean smp) {
    return new Vmlinux(version, preempt, smp);
  }

  private static AssembledCode assemble(String name, int origin, Includes includes) {
    return Assembler.assemble(List.of(required(name)), origin, Map.of(), includes);
  }

  private static AssembledCode assemble16(String name, int origin, String offsets) {
    List<Source> sources = List.of(new Source("asm-offsets.h", offsets), required(name));
    return Assembler.assemble(sources, origin, Map.of(), Includes.NONE);
  }

  private static Source required(String name) {
    Source source = resource(name);
    if (source == null) {
      throw new IllegalStateException("the resource " + name + " is missing");
    }
    return source;
  }

  /** A resource of the kernel's source tree, or null. */
  static Source resource(String name) {
    try (InputStream in = Vmlinux.class.getResourceAsStream(name)) {
      return in == null
          ? null
          : new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which kernel this is. */
  public KernelVersion version() {
    return version;
  }

  /** CONFIG_SMP: whether it uses more processors than one. */
  public boolean smp() {
    return smp;
  }

  /** {@code NR_CPUS}: for so many processors there is room in its tables. */
  int nrCpus() {
    return nrCpus(smp);
  }

  /** Without CONFIG_SMP there are 4 of everything, of which it uses the first. */
  static int nrCpus(boolean smp) {
    return smp ? Kernel.NR_CPUS : 4;
  }

  /** The image, from {@link BootLoader#KERNEL_ADDRESS}. */
  public AssembledCode kernel() {
    return kernel;
  }

  /** The real-mode code, for offset 0 of its segment. */
  public AssembledCode setup() {
    return setup;
  }

  /** What stands at the reset vector. */
  public AssembledCode reset() {
    return reset;
  }

  /** Address of a symbol of the kernel. */
  public int symbol(String name) {
    return kernel.symbol(name);
  }

  /** The symbols that modules may use: all that are declared {@code .globl}, and constants. */
  public Map<String, Integer> exports() {
    Map<String, Integer> exports = new HashMap<>(kernel.constants());
    for (String name : kernel.globals()) {
      exports.put(name, kernel.symbol(name));
    }
    return exports;
  }

  /** The stubs of functions.S by name. */
  Map<String, Integer> hostStubs() {
    int from = kernel.symbol("host_functions");
    int to = kernel.symbol("host_functions_end");
    Map<String, Integer> stubs = new HashMap<>();
    for (String name : kernel.globals()) {
      int address = kernel.symbol(name);
      if (Integer.compareUnsigned(address, from) >= 0 && Integer.compareUnsigned(address, to) < 0) {
        stubs.put(name, address);
      }
    }
    return stubs;
  }
}
