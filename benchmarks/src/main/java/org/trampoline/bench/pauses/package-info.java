/** How long the JVM waits for the thread that executes a guest before it can collect garbage. */
package org.trampoline.bench.pauses;
