/**
 * A packet port between two processes of one host, over a file in shared memory: rings and frames, polled by both. What
 * lies where, and who writes it when, is in {@code native/SHARED-MEMORY.md}, for others who want to speak it.
 * <p>
 * The other process may be wrong or hostile: what it has written is read once and checked before it is used.
 * <p>
 * Thread: a port belongs to one engine; the device is opened and closed by the control plane.
 * <p>
 * May import {@code nativeports.linux} and {@code fastpath}'s {@code port}, {@code wire} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.shm;

import org.jspecify.annotations.NullMarked;
