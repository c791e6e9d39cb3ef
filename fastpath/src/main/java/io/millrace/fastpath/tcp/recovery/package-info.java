/**
 * Loss recovery: what is lost, what is sent again and when (RFC 8985 RACK-TLP, RFC 6675, RFC 6582), how much leaves
 * meanwhile (RFC 9937), timeouts and what was spurious (RFC 6298, RFC 5682, RFC 4015). How much may be in flight is
 * congestion control's business. {@link io.millrace.fastpath.tcp.recovery.LossRecovery} is the door; the state lies in
 * the {@link io.millrace.fastpath.tcp.recovery.Scoreboard}, off heap, while something is in flight.
 * <p>
 * Thread: the engine's. May import: flow, memory, counters, wire, tcp.congestion.
 */
@NullMarked
package io.millrace.fastpath.tcp.recovery;

import org.jspecify.annotations.NullMarked;
