/** Single instructions written down as they are executed, for people and programs. */
package org.trampoline.kernel.trace;
