/**
 * Small frames beside a queue of the kernel's: a program of BPF that a TAP or a packet socket asks copies them into memory that
 * is shared with the engine, which sees them without a system call, and in their order among those of the queue.
 * <p>
 * Thread: a ring belongs to one engine; opened by the control plane.
 * <p>
 * May import {@code nativeports.linux} and {@code fastpath}'s {@code port} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.bypass;

import org.jspecify.annotations.NullMarked;
