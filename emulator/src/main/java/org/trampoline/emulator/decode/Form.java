package org.trampoline.emulator.decode;

/** A row of the instruction table (placeholder until the table lands). */
public final class Form {}
