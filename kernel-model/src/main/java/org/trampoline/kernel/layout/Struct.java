package org.trampoline.kernel.layout;

/**
 * A C structure in guest memory. Two views are the same structure if their addresses are equal.
 *
 * @param <S> the view itself
 */
public abstract class Struct<S extends Struct<S>> {
  /** The memory it lies in. */
  protected final KernelMemory memory;

  private final int address;

  /**
   * Looks at a structure.
   *
   * @param address of its first byte, virtual
   */
  protected Struct(KernelMemory memory, int address) {
    this.memory = memory;
    this.address = address;
  }

  /** Virtual address of the first byte. */
  public final int address() {
    return address;
  }

  /** Virtual address of a field: {@code &s->field}. */
  public final int address(Field<S> field) {
    return address + field.offset();
  }

  /** Reads a 32-bit field. */
  public final int get(Field<S> field) {
    return memory.read(address + field.offset());
  }

  /** Writes a 32-bit field. */
  public final void set(Field<S> field, int value) {
    memory.write(address + field.offset(), value);
  }

  /** Reads a 64-bit field. */
  public final long getLong(Field<S> field) {
    int at = address + field.offset();
    return memory.read(at) & 0xffff_ffffL | (long) memory.read(at + 4) << 32;
  }

  /** Writes a 64-bit field. */
  public final void setLong(Field<S> field, long value) {
    int at = address + field.offset();
    memory.write(at, (int) value);
    memory.write(at + 4, (int) (value >>> 32));
  }

  /** Adds to a 32-bit field; returns the new value. */
  public final int add(Field<S> field, int value) {
    int sum = get(field) + value;
    set(field, sum);
    return sum;
  }

  /** Sets bits of a 32-bit field. */
  public final void setBits(Field<S> field, int bits) {
    set(field, get(field) | bits);
  }

  /** Clears bits of a 32-bit field. */
  public final void clearBits(Field<S> field, int bits) {
    set(field, get(field) & ~bits);
  }

  /** The list head that is a field. */
  public final ListHead list(Field<S> field) {
    return new ListHead(memory, address + field.offset());
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Struct<?> that
        && that.getClass() == getClass()
        && that.address == address
        && that.memory == memory;
  }

  @Override
  public final int hashCode() {
    return address;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "@" + Hex.word(address);
  }
}
