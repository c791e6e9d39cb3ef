/**
 * The IP layer of both families: input validation, extension headers, reassembly and demultiplexing, output (route, next
 * hop, fragments, flow labels), ICMP. Addresses are pairs of longs everywhere.
 * <p>
 * Thread: the engine's. May import: wire, port, memory, counters, control.
 */
@NullMarked
package io.millrace.fastpath.ip;

import org.jspecify.annotations.NullMarked;
