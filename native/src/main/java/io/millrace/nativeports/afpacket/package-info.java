/**
 * An interface of the kernel as a packet port: packet sockets with memory-mapped rings both ways (packet(7),
 * TPACKET_V2), the virtio-net header for offloads, a filter that lets in only what is for the stack's own Ethernet
 * address and copies small frames beside the ring, a fanout over the flows' hash for several queues. The kernel goes on using the interface.
 * <p>
 * Thread: a port belongs to one engine; the device is opened and closed by the control plane.
 * <p>
 * May import {@code nativeports.bypass}, {@code nativeports.linux}, {@code nativeports.shared} and {@code fastpath}'s {@code port}, {@code wire} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.afpacket;

import org.jspecify.annotations.NullMarked;
