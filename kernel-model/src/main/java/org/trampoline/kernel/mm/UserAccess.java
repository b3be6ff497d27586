package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.UserPageNeeded;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * The kernel's access to addresses that a system call was given (Linux:
 * include/asm-i386/uaccess.h). They are checked against the caller's addr_limit and go through the
 * caller's page tables; a bad one is an error and not a fault. What is not in memory is asked for
 * by {@link UserPageNeeded}, so they come before anything that cannot be done twice.
 */
public final class UserAccess {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final PageTables tables;

  /** The user access of a kernel. */
  public UserAccess(Kernel kernel, PageTables tables) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.tables = tables;
  }

  /** The kernel address of a byte that the caller may access, 0 if it may not. */
  private int address(int user, boolean write) {
    int limit = kernel.currentThreadInfo().get(ThreadInfo.ADDR_LIMIT);
    if (Integer.compareUnsigned(user, limit) >= 0) {
      return 0;
    }
    if (Integer.compareUnsigned(user, KernelMemory.PAGE_OFFSET) >= 0) {
      return KernelMemory.physical(user) < memory.size() ? user : 0;
    }
    MmStruct mm = new MmStruct(memory, kernel.current().get(TaskStruct.ACTIVE_MM));
    int found = tables.translateUser(mm.get(MmStruct.PGD), user, write);
    if (found == 0
        && kernel.current().get(TaskStruct.MM) == mm.address()
        && kernel.paging().pages().canCome(mm, user)) {
      throw new UserPageNeeded(user);
    }
    return found;
  }

  /**
   * Sees to it that a word can be written, before anything is done that could not be done twice;
   * false if the caller may not.
   */
  public boolean canPutWord(int user) {
    return address(user, true) != 0 && address(user + 3, true) != 0;
  }

  /** {@code put_user}: writes a 32-bit word; false if the caller may not. */
  public boolean putWord(int user, int value) {
    if (!canPutWord(user)) {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      memory.writeByte(address(user + i, true), value >>> 8 * i);
    }
    return true;
  }

  /** {@code copy_from_user} of 32-bit words; null if the caller may not read them. */
  public int[] getWords(int user, int count) {
    byte[] bytes = getBytes(user, 4 * count);
    if (bytes == null) {
      return null;
    }
    int[] words = new int[count];
    for (int i = 0; i < 4 * count; i++) {
      words[i / 4] |= (bytes[i] & 0xff) << 8 * (i % 4);
    }
    return words;
  }

  /** {@code copy_from_user}; null if the caller may not read them. */
  public byte[] getBytes(int user, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      int address = address(user + i, false);
      if (address == 0) {
        return null;
      }
      bytes[i] = (byte) memory.readByte(address);
    }
    return bytes;
  }

  /**
   * {@code strncpy_from_user}.
   *
   * @param limit longest length, without the zero that ends the string
   * @return null if the caller may not read it, or it does not end
   */
  public String getString(int user, int limit) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= limit; i++) {
      int address = address(user + i, false);
      if (address == 0) {
        return null;
      }
      int c = memory.readByte(address);
      if (c == 0) {
        return text.toString();
      }
      text.append((char) c);
    }
    return null;
  }
}
