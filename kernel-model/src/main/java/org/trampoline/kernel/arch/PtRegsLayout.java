package org.trampoline.kernel.arch;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.Layout;

/**
 * {@code struct pt_regs} (include/asm-i386/ptrace.h): what every way into the kernel leaves at the
 * top of the stack. 60 bytes in 2.6.11; 2.6.20 puts {@code xgs} behind {@code xes}, 64 bytes.
 */
public final class PtRegsLayout {
  /** That of 2.6.11. */
  public static final PtRegsLayout WITHOUT_GS = new PtRegsLayout(false);

  /** That of 2.6.20. */
  public static final PtRegsLayout WITH_GS = new PtRegsLayout(true);

  private final Layout<PtRegs> layout = new Layout<>("PT");
  private final List<Field<PtRegs>> fields = new ArrayList<>();

  final Field<PtRegs> ebx = add("EBX");
  final Field<PtRegs> ecx = add("ECX");
  final Field<PtRegs> edx = add("EDX");
  final Field<PtRegs> esi = add("ESI");
  final Field<PtRegs> edi = add("EDI");
  final Field<PtRegs> ebp = add("EBP");
  final Field<PtRegs> eax = add("EAX");
  final Field<PtRegs> ds = add("DS");
  final Field<PtRegs> es = add("ES");

  /** Null in 2.6.11. */
  final Field<PtRegs> gs;

  final Field<PtRegs> origEax;
  final Field<PtRegs> eip;
  final Field<PtRegs> cs;
  final Field<PtRegs> eflags;

  /** Only there after an entry from user mode, like {@link #ss}. */
  final Field<PtRegs> esp;

  final Field<PtRegs> ss;

  private PtRegsLayout(boolean withGs) {
    gs = withGs ? add("GS") : null;
    origEax = add("ORIG_EAX");
    eip = add("EIP");
    cs = add("CS");
    eflags = add("EFLAGS");
    esp = add("OLDESP");
    ss = add("OLDSS");
  }

  private Field<PtRegs> add(String name) {
    Field<PtRegs> field = layout.word(name);
    fields.add(field);
    return field;
  }

  /** Bytes. */
  public int size() {
    return layout.size();
  }

  /** All fields in the order in which they lie in memory. */
  public List<Field<PtRegs>> fields() {
    return List.copyOf(fields);
  }

  /** For the assembler. */
  public Layout<PtRegs> layout() {
    return layout;
  }
}
