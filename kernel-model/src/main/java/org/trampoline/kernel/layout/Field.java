package org.trampoline.kernel.layout;

/**
 * A field of a C structure.
 *
 * @param <S> the view of the structure it belongs to
 * @param structure where it lies
 * @param name as in C
 * @param offset bytes from the start of the structure
 * @param size bytes; 4 for everything that {@link Struct#get} and {@link Struct#set} take
 */
public record Field<S>(Layout<S> structure, String name, int offset, int size) {}
