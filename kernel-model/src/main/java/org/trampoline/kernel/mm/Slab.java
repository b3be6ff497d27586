package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * Hands out objects smaller than a page (Linux: mm/slab.c). Sizes are rounded up to a power of two;
 * the free objects of a size are a list whose links lie in the objects.
 */
public final class Slab {
  private static final int SMALLEST_SHIFT = 5;

  private final KernelMemory memory;
  private final PageAllocator pages;
  private final int heads;

  /** The allocator of a kernel. */
  public Slab(Kernel kernel, PageAllocator pages) {
    memory = kernel.memory();
    this.pages = pages;
    heads = kernel.symbol("malloc_sizes");
  }

  private static int shift(int size) {
    if (size < 1 || size > KernelMemory.PAGE_SIZE) {
      throw new IllegalArgumentException("an object of " + size + " bytes; expected 1 to 4096");
    }
    return Math.max(SMALLEST_SHIFT, 32 - Integer.numberOfLeadingZeros(size - 1));
  }

  /**
   * {@code kmalloc}: memory for an object, not cleared.
   *
   * @param size bytes, 1–4096
   * @return its virtual address, 0 if there is no memory
   */
  public int allocate(int size) {
    int shift = shift(size);
    int head = heads + 4 * shift;
    int object = memory.read(head);
    if (object == 0) {
      int page = pages.allocate(0);
      if (page == 0) {
        return 0;
      }
      for (int at = page + KernelMemory.PAGE_SIZE; at != page; ) {
        at -= 1 << shift;
        memory.write(at, object);
        object = at;
      }
    }
    memory.write(head, memory.read(object));
    return object;
  }

  /**
   * {@code kfree}.
   *
   * @param size as it was allocated
   */
  public void free(int object, int size) {
    int head = heads + 4 * shift(size);
    memory.write(object, memory.read(head));
    memory.write(head, object);
  }
}
