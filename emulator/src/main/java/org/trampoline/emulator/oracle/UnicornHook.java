package org.trampoline.emulator.oracle;

/**
 * What {@link Unicorn} can call back. A hook runs on the thread that runs the engine, in the middle
 * of {@link Unicorn#run}; an exception it throws stops the run and comes out of that call.
 */
public sealed interface UnicornHook {
  /** Before an instruction: registers, eip and flags are those before it. */
  @FunctionalInterface
  non-sealed interface Code extends UnicornHook {
    /**
     * @param address linear address of the instruction (of the first, for a block hook)
     * @param size its length in bytes (of all the block's, for a block hook)
     */
    void at(int address, int size);
  }

  /** Before a load (without its value) or a store reaches memory, once for each. */
  @FunctionalInterface
  non-sealed interface Access extends UnicornHook {
    /**
     * @param write a store, else a load
     * @param address <em>physical</em> address of the first byte; where the access crosses a page,
     *     the rest lies in whatever page the next linear page is mapped to
     * @param size 1, 2, 4 or 8 bytes; wider stores come in pieces
     * @param value what is stored, zero-extended; 0 for a load
     */
    void on(boolean write, int address, int size, long value);
  }

  /** After translation, at a physical address where nothing (or nothing permitted) is mapped. */
  @FunctionalInterface
  non-sealed interface Unmapped extends UnicornHook {
    /**
     * @param error READ_UNMAPPED, WRITE_UNMAPPED, FETCH_UNMAPPED, READ_PROT, WRITE_PROT or
     *     FETCH_PROT
     * @param address physical address
     * @param size in bytes
     * @return true if the hook has mapped memory there: the access is then made again; false ends
     *     the run with that error
     */
    boolean on(UnicornError error, int address, int size);
  }

  /**
   * An exception other than #UD, or a software interrupt. Unicorn does not deliver it through the
   * guest's IDT and gives no error code; if the hook returns without {@link Unicorn#stop} the run
   * goes on at eip.
   */
  @FunctionalInterface
  non-sealed interface Interrupt extends UnicornHook {
    /**
     * @param vector 0–255
     */
    void on(int vector);
  }

  /** An invalid opcode; eip is its address. */
  @FunctionalInterface
  non-sealed interface InvalidInstruction extends UnicornHook {
    /**
     * @return true to go on at eip (which the hook has changed); false ends the run with {@link
     *     UnicornError#INSN_INVALID}
     */
    boolean on();
  }

  /** The {@code in} instruction. */
  @FunctionalInterface
  non-sealed interface PortRead extends UnicornHook {
    /**
     * @param port 0–0xffff
     * @param size 1, 2 or 4 bytes
     * @return the value read
     */
    int read(int port, int size);
  }

  /** The {@code out} instruction. */
  @FunctionalInterface
  non-sealed interface PortWrite extends UnicornHook {
    /**
     * @param port 0–0xffff
     * @param size 1, 2 or 4 bytes
     * @param value zero-extended
     */
    void write(int port, int size, int value);
  }

  /** The {@code cpuid} instruction. */
  @FunctionalInterface
  non-sealed interface CpuId extends UnicornHook {
    /**
     * @return true if the hook has set the registers; false to let Unicorn answer
     */
    boolean on();
  }
}
