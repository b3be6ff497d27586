/** The seam between whoever drives a machine and whatever executes its instructions. */
package org.trampoline.emulator.engine;
