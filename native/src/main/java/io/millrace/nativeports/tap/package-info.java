/**
 * The Linux TAP device as a packet port: Ethernet frames to and from the kernel of the same machine, with the
 * virtio-net header for checksum and segmentation offload, and SYNs in queues of their own.
 * <p>
 * Thread: a port belongs to one engine; the device is opened and closed by the control plane.
 * <p>
 * May import {@code nativeports.linux} and {@code fastpath}'s {@code port} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports.tap;

import org.jspecify.annotations.NullMarked;
