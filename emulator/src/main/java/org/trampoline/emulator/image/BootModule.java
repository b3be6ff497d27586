package org.trampoline.emulator.image;

/**
 * A file that a boot loader puts into memory beside a kernel.
 *
 * @param commandLine what the kernel is told of it: its name and arguments
 */
public record BootModule(byte[] bytes, String commandLine) {}
