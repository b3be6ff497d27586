package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct mm_struct} (include/linux/sched.h): an address space. */
public final class MmStruct extends Struct<MmStruct> {
  /** For the assembler. */
  public static final Layout<MmStruct> LAYOUT = new Layout<>("MM");

  public static final Field<MmStruct> PGD = LAYOUT.word("pgd"); // page directory, virtual address
  public static final Field<MmStruct> MM_USERS = LAYOUT.word("mm_users"); // tasks whose mm it is
  public static final Field<MmStruct> MM_COUNT =
      LAYOUT.word("mm_count"); // borrowers, and 1 for all users
  public static final Field<MmStruct> CPU_VM_MASK =
      LAYOUT.word("cpu_vm_mask"); // processors that have it loaded
  public static final Field<MmStruct> START_CODE = LAYOUT.word("start_code"); // of the program
  public static final Field<MmStruct> END_CODE = LAYOUT.word("end_code"); // behind its last byte
  public static final Field<MmStruct> START_STACK = LAYOUT.word("start_stack"); // its top
  public static final Field<MmStruct> CONTEXT_SIZE = LAYOUT.word("context_size"); // LDT entries

  public static final Field<MmStruct> START_BRK = LAYOUT.word("start_brk"); // of the heap
  public static final Field<MmStruct> BRK = LAYOUT.word("brk"); // behind its last byte
  public static final Field<MmStruct> RSS = LAYOUT.word("rss"); // anonymous pages in memory

  /** Looks at one. */
  public MmStruct(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** Its size, {@code total_vm}: pages of text and heap, in memory or not. */
  int totalPages() {
    int text = get(END_CODE) - get(START_CODE);
    int heap = get(BRK) - get(START_BRK);
    return (text + heap + 2 * KernelMemory.PAGE_SIZE - 1 >>> 12) + 1;
  }

  /** Physical address of the page directory: what CR3 is loaded with. */
  public int pageDirectory() {
    return KernelMemory.physical(get(PGD));
  }
}
