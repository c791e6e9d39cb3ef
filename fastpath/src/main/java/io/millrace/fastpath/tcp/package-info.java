/**
 * TCP: RFC 9293, a small class for each group of states and each step of §3.10.7.4, output, timers, user calls.
 * {@link io.millrace.fastpath.tcp.Tcp} puts it together.
 * <p>
 * Thread: the engine's. Time, randomness and segments are inputs. May import: flow, timer, memory, wire, ip, control,
 * counters, port.
 */
@NullMarked
package io.millrace.fastpath.tcp;

import org.jspecify.annotations.NullMarked;
