/**
 * What an IPv6 host finds out by itself: its link-local address, addresses and routers that routers advertise
 * (RFC 4861 §6.3, RFC 4862), and redirects (RFC 4861 §8.3). Pure logic: time, randomness and messages are inputs,
 * published addresses and routes are the output. Thread: the control agent's. Imports: {@code config},
 * {@code control.address}, {@code control.neighbour}, {@code control.lifecycle} (tasks), {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.autoconf;
