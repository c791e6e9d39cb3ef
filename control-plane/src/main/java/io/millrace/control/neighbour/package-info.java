/**
 * Neighbour resolution: ARP for IPv4 (RFC 826) with the states of neighbour unreachability detection (RFC 4861 §7.3),
 * and the defence of our own addresses (RFC 5227). Pure logic: time and packets are inputs, commands to engines are
 * the output. Thread: the control agent's. Imports: {@code control.address}, {@code control.counters},
 * {@code fastpath.control}, {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.neighbour;
