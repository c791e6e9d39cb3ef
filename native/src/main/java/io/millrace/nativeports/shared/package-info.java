/**
 * Ports of the host's own addresses for a stack, the rest for the kernel: a program that says to whom a frame belongs, once
 * as the filter of a packet socket and once in front of the kernel's own stack (tcx), which drops what the stack takes.
 * <p>
 * Thread: one opens and closes what is here.
 * <p>
 * May import {@code nativeports.linux} and {@code fastpath}'s {@code port}, {@code wire} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.shared;

import org.jspecify.annotations.NullMarked;
