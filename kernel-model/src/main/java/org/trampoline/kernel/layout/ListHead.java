package org.trampoline.kernel.layout;

/**
 * {@code struct list_head} (include/linux/list.h): a node of a doubly linked circular list, and the
 * list itself.
 */
public final class ListHead {
  /** Bytes it takes: {@code next} and {@code prev}. */
  public static final int SIZE = 8;

  private static final int PREV = 4;

  private final KernelMemory memory;
  private final int address;

  ListHead(KernelMemory memory, int address) {
    this.memory = memory;
    this.address = address;
  }

  /** The node or list at an address. */
  public static ListHead at(KernelMemory memory, int address) {
    return new ListHead(memory, address);
  }

  /** Its virtual address. */
  public int address() {
    return address;
  }

  /** Address of the node behind this one. */
  public int next() {
    return memory.read(address);
  }

  /** Address of the node before this one. */
  public int prev() {
    return memory.read(address + PREV);
  }

  /** INIT_LIST_HEAD: an empty list, or a node in no list. */
  public void init() {
    memory.write(address, address);
    memory.write(address + PREV, address);
  }

  /** Whether nothing is in the list. */
  public boolean isEmpty() {
    return next() == address;
  }

  /** {@code list_add}: puts a node first. */
  public void add(ListHead node) {
    insert(node, address, next());
  }

  /** {@code list_add_tail}: puts a node last. */
  public void addTail(ListHead node) {
    insert(node, prev(), address);
  }

  private void insert(ListHead node, int prev, int next) {
    memory.write(next + PREV, node.address);
    memory.write(node.address, next);
    memory.write(node.address + PREV, prev);
    memory.write(prev, node.address);
  }

  /** {@code list_del_init}: takes this node out of the list it is in. */
  public void remove() {
    int next = next();
    int prev = prev();
    memory.write(next + PREV, prev);
    memory.write(prev, next);
    init();
  }

  /**
   * Walks the list from its first node. A node may be removed once {@code next} has gone past it.
   */
  public Walk walk() {
    return new Walk();
  }

  /** A walk through the list that ends even if the guest has tied the list into a knot. */
  public final class Walk {
    private static final int LIMIT = 1 << 20;

    private int node = ListHead.this.next();
    private int steps;

    private Walk() {}

    /**
     * Address of the next node, 0 at the end.
     *
     * @throws BadKernelAddress if there are more nodes than memory could hold
     */
    public int next() {
      int found = node;
      if (found == address) {
        return 0;
      }
      if (++steps > LIMIT) {
        throw new BadKernelAddress(found);
      }
      node = memory.read(found);
      return found;
    }
  }
}
