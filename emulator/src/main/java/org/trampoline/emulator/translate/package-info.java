/**
 * The second engine: basic blocks of guest code become x86-64 host code, emitted here and called
 * through {@code java.lang.foreign}. What it does not translate is executed by the shared
 * semantics, so nothing a guest can observe differs from the interpreter.
 */
package org.trampoline.emulator.translate;
