package org.trampoline.kernel.fork;

/** Flags of do_fork (include/linux/sched.h): what child and parent share. */
public final class CloneFlags {
  /** The low bits: the signal that the parent gets at the child's end. */
  public static final int CSIGNAL = 0xff;

  public static final int CLONE_VM = 0x100;
  public static final int CLONE_FS = 0x200;
  public static final int CLONE_FILES = 0x400;
  public static final int CLONE_SIGHAND = 0x800;
  public static final int CLONE_PTRACE = 0x2000;
  public static final int CLONE_VFORK = 0x4000;
  public static final int CLONE_PARENT = 0x8000;
  public static final int CLONE_THREAD = 0x1_0000;
  public static final int CLONE_NEWNS = 0x2_0000;
  public static final int CLONE_UNTRACED = 0x80_0000;
  public static final int CLONE_STOPPED = 0x200_0000;

  /** What most kernel threads are made with. */
  public static final int CLONE_KERNEL = CLONE_FS | CLONE_FILES | CLONE_SIGHAND;

  /** An option of wait4 ({@code __WALL}): children with any exit signal. */
  public static final int WALL = 0x4000_0000;

  /** An option of wait4 ({@code __WCLONE}): children whose exit signal is not SIGCHLD. */
  public static final int WCLONE = 0x8000_0000;

  private CloneFlags() {}
}
