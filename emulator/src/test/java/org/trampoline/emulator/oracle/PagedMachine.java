package org.trampoline.emulator.oracle;

import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CR3;
import static org.trampoline.emulator.oracle.UnicornRegister.CS;
import static org.trampoline.emulator.oracle.UnicornRegister.DS;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ES;
import static org.trampoline.emulator.oracle.UnicornRegister.ESP;
import static org.trampoline.emulator.oracle.UnicornRegister.SS;

import java.util.ArrayList;
import java.util.List;

/**
 * A Unicorn with 4 MB of RAM mapped at linear 0 and again at 0xc0000000 by one page table, user and
 * supervisor segments, CR0.WP set, and interrupts collected.
 */
final class PagedMachine implements AutoCloseable {
  static final int DIRECTORY = 0x101000;
  static final int TABLE = 0x102000;
  static final int CODE = 0x1000;
  static final int STACK = 0x8ff0;
  static final int KERNEL_CODE = 0x08;
  static final int KERNEL_DATA = 0x10;
  static final int USER_CODE = 0x1b;
  static final int USER_DATA = 0x23;

  private static final int GDT = 0x500;

  /** An exception as the interrupt hook saw it. */
  record Raised(int vector, int errorCode, boolean software, int eip, int cr2) {}

  final Unicorn engine = new Unicorn();
  final List<Raised> raised = new ArrayList<>();

  PagedMachine(String listing) {
    engine.map(0, 4 << 20, Unicorn.ALL);
    descriptor(KERNEL_CODE, 0x00cf_9b00);
    descriptor(KERNEL_DATA, 0x00cf_9300);
    descriptor(USER_CODE & ~7, 0x00cf_fb00);
    descriptor(USER_DATA & ~7, 0x00cf_f300);
    engine.gdtr(DescriptorRegister.table(GDT, 0x2f));
    for (int page = 0; page < 1024; page++) {
      pageEntry(page, page << 12 | 7);
    }
    engine.writeInt(DIRECTORY, TABLE | 7);
    engine.writeInt(DIRECTORY + 0xc00, TABLE | 7);
    engine.set(CS, KERNEL_CODE);
    engine.set(SS, KERNEL_DATA);
    engine.set(DS, KERNEL_DATA);
    engine.set(ES, KERNEL_DATA);
    engine.set(ESP, STACK);
    engine.set(CR3, DIRECTORY);
    engine.set(CR0, 0x8001_0011L);
    engine.write(CODE, Listing.code(listing));
    var state = new UnicornFaultState(engine);
    engine.onInterrupt(
        vector -> {
          state.read();
          raised.add(
              new Raised(
                  vector, state.errorCode(), state.software(), get(EIP), get(UnicornRegister.CR2)));
          state.delivered();
          engine.stop();
        });
  }

  /** Runs to a fault, {@code hlt} or an exit. */
  UnicornError run() {
    return engine.run(CODE, 0);
  }

  Raised onlyFault() {
    run();
    return raised.getFirst();
  }

  int get(UnicornRegister register) {
    return (int) engine.get(register);
  }

  void pageEntry(int page, int entry) {
    engine.writeInt(TABLE + 4 * page, entry);
  }

  int pageEntry(int page) {
    return engine.readInt(TABLE + 4 * page);
  }

  private void descriptor(int selector, int high) {
    engine.writeInt(GDT + selector, 0xffff);
    engine.writeInt(GDT + selector + 4, high);
  }

  @Override
  public void close() {
    engine.close();
  }
}
