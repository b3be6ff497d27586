# What stands at the reset vector F000:FFF0, the last 16 bytes of the first megabyte.
# A BIOS would have loaded the kernel by now; here the loader (BootLoader.java) has.

        .code16
        ljmpw   $SETUPSEG, $0
