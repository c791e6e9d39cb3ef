/**
 * The IP layer: input validation, reassembly and demultiplexing, output (route, next hop, fragments), ICMP. IPv4 is
 * here; addresses are pairs of longs everywhere, so that IPv6 joins without a change of signatures.
 * <p>
 * Thread: the engine's. May import: wire, port, memory, counters, control.
 */
@NullMarked
package io.millrace.fastpath.ip;

import org.jspecify.annotations.NullMarked;
