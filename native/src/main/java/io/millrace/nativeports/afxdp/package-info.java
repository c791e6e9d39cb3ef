/**
 * An interface of the kernel as a packet port over AF_XDP sockets: frames are chunks of a UMEM, handed over by rings that
 * are read and written here; a program in the kernel, made here, redirects what is for the stack's Ethernet address and
 * leaves the rest to the kernel.
 * <p>
 * Thread: a port belongs to one engine; the device is opened and closed by the control plane.
 * <p>
 * May import {@code nativeports.linux}, the listener of {@code nativeports.afpacket}, and {@code fastpath}'s {@code port},
 * {@code wire} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.afxdp;

import org.jspecify.annotations.NullMarked;
