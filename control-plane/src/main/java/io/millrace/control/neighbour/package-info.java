/**
 * Neighbour resolution for both families, ARP (RFC 826) and Neighbour Discovery (RFC 4861), with the states of neighbour
 * unreachability detection; own addresses are tried before use (RFC 5227, RFC 4862 §5.4), announced and defended. Pure
 * logic: time, randomness and packets are inputs, commands to engines are the output. Thread: the control agent's.
 * Imports: {@code control.address}, {@code control.counters}, {@code fastpath.control}, {@code fastpath.memory},
 * {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.neighbour;
