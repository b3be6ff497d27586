package org.trampoline.kernel.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** include/linux/list.h. */
class ListHeadTest {
  private static final int BASE = KernelMemory.PAGE_OFFSET;
  private final KernelMemory memory = new KernelMemory(Arena.ofAuto().allocate(4096));
  private final ListHead list = node(0);

  private ListHead node(int index) {
    ListHead node = ListHead.at(memory, BASE + 16 * index);
    node.init();
    return node;
  }

  private List<Integer> content() {
    List<Integer> found = new ArrayList<>();
    ListHead.Walk walk = list.walk();
    for (int at; (at = walk.next()) != 0; ) {
      found.add((at - BASE) / 16);
    }
    return found;
  }

  @Test
  void keepsTheOrder() {
    list.addTail(node(1));
    list.addTail(node(2));
    list.add(node(3));
    assertEquals(List.of(3, 1, 2), content());
    ListHead.at(memory, BASE + 16).remove();
    assertEquals(List.of(3, 2), content());
  }

  @Test
  void anEmptyListPointsToItself() {
    assertTrue(list.isEmpty());
    assertEquals(list.address(), list.prev());
    assertEquals(List.of(), content());
  }

  @Test
  void aNodeMayBeRemovedWhileWalking() {
    list.addTail(node(1));
    list.addTail(node(2));
    ListHead.Walk walk = list.walk();
    for (int at; (at = walk.next()) != 0; ) {
      ListHead.at(memory, at).remove();
    }
    assertTrue(list.isEmpty());
  }

  @Test
  void aKnotThatTheGuestTiedEnds() {
    list.addTail(node(1));
    memory.write(BASE + 16, BASE + 16);
    assertThrows(BadKernelAddress.class, this::content);
  }

  @Test
  void addressesOutsideOfMemoryAreRefused() {
    assertThrows(BadKernelAddress.class, () -> memory.read(0x1000));
    assertThrows(BadKernelAddress.class, () -> memory.read(BASE + 4093));
    assertThrows(BadKernelAddress.class, () -> memory.readString(BASE + 4096, 5));
    assertEquals(
        "Unable to handle kernel paging request at virtual address 00001000",
        assertThrows(BadKernelAddress.class, () -> memory.write(0x1000, 1)).getMessage());
  }
}
