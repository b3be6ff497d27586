/** Loadable modules (Linux: kernel/module.c, include/linux/module.h). */
package org.trampoline.kernel.module;
