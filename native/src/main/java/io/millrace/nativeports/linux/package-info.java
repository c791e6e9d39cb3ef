/**
 * Linux as the ports see it: system calls with their error numbers, the layouts of structures, and what ports on a network
 * interface have in common: its set-up, their sockets and settings, what the log says of it. A test checks every number
 * against the system's headers.
 * <p>
 * Thread: named by each class.
 * <p>
 * May import {@code fastpath}'s {@code port}, {@code memory} and {@code wire}.
 */
@NullMarked
package io.millrace.nativeports.linux;

import org.jspecify.annotations.NullMarked;
