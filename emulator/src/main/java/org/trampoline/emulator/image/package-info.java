/** Programs that come as files made elsewhere, and the state in which each kind is started. */
package org.trampoline.emulator.image;
