package org.trampoline.kernel.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * How a C structure lies in memory. Its fields are added in order, without gaps: everything is made
 * of 32-bit words, so a C compiler would leave none either, except where {@link #align} says so.
 *
 * @param <S> the view of the structure
 */
public final class Layout<S> {
  private final String prefix;
  private final List<Field<?>> fields = new ArrayList<>();
  private int size;

  /**
   * Begins an empty structure.
   *
   * @param prefix what its symbols begin with in assembly, as in Linux's asm-offsets: {@code TI}
   *     makes {@code TI_flags} and {@code TI_size}
   */
  public Layout(String prefix) {
    this.prefix = prefix;
  }

  /** Adds a 32-bit number or pointer. */
  public Field<S> word(String name) {
    return bytes(name, 4);
  }

  /** Adds an array or a structure of {@code count} bytes. */
  public Field<S> bytes(String name, int count) {
    Field<S> field = new Field<>(this, name, size, count);
    fields.add(field);
    size += count;
    return field;
  }

  /** Adds a structure within this one; its fields are exported as {@code name_field}. */
  public Field<S> struct(String name, Layout<?> inner) {
    for (Field<?> field : inner.fields) {
      fields.add(new Field<>(this, name + "_" + field.name(), size + field.offset(), field.size()));
    }
    return bytes(name, inner.size);
  }

  /** Adds a {@code struct list_head}. */
  public Field<S> list(String name) {
    return bytes(name, ListHead.SIZE);
  }

  /** Leaves a gap up to the next multiple of a power of two. */
  public void align(int multiple) {
    size = (size + multiple - 1) & -multiple;
  }

  /** Bytes so far. */
  public int size() {
    return size;
  }

  /** Appends {@code .set} lines for the size and for every field. */
  public void export(StringBuilder source) {
    for (Field<?> field : fields) {
      export(source, field.name(), field.offset());
    }
    export(source, "size", size);
  }

  private void export(StringBuilder source, String name, int value) {
    source.append(".set ").append(prefix).append('_').append(name).append(", ").append(value);
    source.append('\n');
  }
}
