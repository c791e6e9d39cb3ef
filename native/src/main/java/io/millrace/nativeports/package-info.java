/**
 * Packet ports that touch the operating system, in pure Java over the FFM API: {@code linux} holds the system calls and
 * the layouts of their structures, {@code tap} the TAP and TUN devices, {@code afpacket} packet sockets, {@code bypass} rings beside the queues of both, {@code dpdk}
 * DPDK's poll-mode drivers, {@code pcap} capture files.
 * <p>
 * Thread: a port belongs to one engine; devices are opened and closed by the control plane.
 * <p>
 * {@code threads} is what Linux does for the threads of loops.
 * <p>
 * May import {@code fastpath}'s {@code port}, {@code idle} and {@code memory}.
 */
@NullMarked
package io.millrace.nativeports;

import org.jspecify.annotations.NullMarked;
