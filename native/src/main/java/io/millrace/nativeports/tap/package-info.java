/**
 * The Linux TAP and TUN devices as packet ports: Ethernet frames, or bare IP packets, to and from the kernel of the same
 * machine, with the virtio-net header for checksum and segmentation offload, a TAP's SYNs in queues of their own, and its
 * small frames beside the queues, without a system call.
 * <p>
 * Thread: a port belongs to one engine; the device is opened and closed by the control plane.
 * <p>
 * May import {@code nativeports.bypass}, {@code nativeports.linux}, {@code nativeports.threads} and {@code fastpath}'s
 * {@code port} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.tap;

import org.jspecify.annotations.NullMarked;
