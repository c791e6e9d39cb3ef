/**
 * Millrace against the TCP of the Linux kernel: a stack on a TAP device inside a network namespace of its own, Netty on
 * it, and the kernel's clients and servers on the other side. Needs root; skipped elsewhere, with the reason.
 * <p>
 * Thread: JUnit's. May import everything.
 */
@NullMarked
package io.millrace.interop;

import org.jspecify.annotations.NullMarked;
