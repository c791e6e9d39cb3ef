/**
 * The command line. A command is one class and one line among the subcommands of {@link io.millrace.cli.Main}; its exit
 * codes are those of {@link io.millrace.cli.ExitCode}.
 * <p>
 * Thread: the JVM's main thread. Imports: picocli, the rest of the control plane, the fast path's ports; nothing
 * imports this package.
 */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
