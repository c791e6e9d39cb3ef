/**
 * Packet ports: the poll-mode interface between an engine and whatever carries its frames, the frames and their pools,
 * a link in memory, ports that wrap another (fault injection, capture, one VLAN of a trunk), and groups of ports that a
 * stack has as one; where flows are placed on the queues of a device.
 * <p>
 * Thread: a port and its pool belong to one engine; a device is opened and closed by the control plane.
 * <p>
 * May import {@code memory}, {@code wire} and nothing else of Millrace.
 */
@NullMarked
package io.millrace.fastpath.port;

import org.jspecify.annotations.NullMarked;
