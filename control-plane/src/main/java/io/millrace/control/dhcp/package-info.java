/**
 * The DHCP client for IPv4 (RFC 2131, 2132, 3396, 3442, 6842): leases an address when the stack starts, declines
 * it where another host has it (RFC 5227), renews it in time, gives it back at the end. Time and randomness are inputs.
 * Thread: the agent's, but what says otherwise. Imports: {@code config}, {@code control.address},
 * {@code control.counters}, {@code fastpath.control}, {@code fastpath.memory}, {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.dhcp;
