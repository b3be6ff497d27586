/**
 * The command line: {@link org.trampoline.kernel.cli.Trampoline} and a class for each subcommand.
 *
 * <p>Exit statuses are 0 for success, 1 when the guest or a comparison failed, 2 for wrong usage,
 * bad input or a missing prerequisite. Whatever goes wrong is said in one line on standard error.
 */
package org.trampoline.kernel.cli;
