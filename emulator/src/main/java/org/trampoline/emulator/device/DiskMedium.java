package org.trampoline.emulator.device;

/** What a disk drive stores: sectors of 512 bytes. */
public interface DiskMedium {
  int SECTOR = 512;

  /** How many there are, at least 1. */
  long sectors();

  /** Copies a sector into the first 512 bytes of an array. */
  void read(long sector, byte[] to);

  /** Copies the first 512 bytes of an array to a sector. */
  void write(long sector, byte[] from);
}
