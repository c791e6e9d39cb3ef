/**
 * Packet scripts ({@code .pkt}): what is written in packetdrill's notation happens to a stack in virtual time, and what
 * is expected of it is compared. {@code PacketScripts} runs them; {@code Script} is the model, read by {@code Parser},
 * run by {@code ScriptRunner} on a {@link io.millrace.fastpath.testing.socket.SocketDriver}.
 * <p>
 * Beyond packetdrill: {@code 40001>8080} before the flags names one of several connections, {@code --local_iss} sets the
 * stack's initial sequence number, {@code --ack_policy}, {@code --option_order} and {@code --fin_in_closing} set
 * {@code millrace.tcp}'s of that name, assertions may ask for {@code connections} and {@code time_waits}, every payload
 * byte is compared. Thread: one.
 */
@NullMarked
package io.millrace.fastpath.testing.script;

import org.jspecify.annotations.NullMarked;
