/**
 * Multicast groups of the stack: who listens to which, what routers are told of it by IGMP (RFC 3376, RFC 2236, RFC 1112)
 * and MLD (RFC 3810, RFC 2710), and the snapshot that engines read. Pure logic: time, randomness and messages are
 * inputs, commands to an engine are the output. Thread: as each class says. Imports: {@code control.address},
 * {@code control.counters}, {@code fastpath.control}, {@code fastpath.memory}, {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.multicast;
