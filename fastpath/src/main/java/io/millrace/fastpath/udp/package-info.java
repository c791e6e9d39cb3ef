/**
 * UDP (RFC 768, RFC 1122 §4.1): endpoints with bounded receive queues, their bindings, input and output.
 * <p>
 * Thread: an engine's; what every engine reads (bindings) is immutable, what engines hand to each other goes through a
 * bounded ring. May import: ip, control, counters, memory, port, wire.
 */
@NullMarked
package io.millrace.fastpath.udp;

import org.jspecify.annotations.NullMarked;
