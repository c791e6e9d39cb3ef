/**
 * The server's side of iperf3's protocol over TCP, for measuring with the iperf3 that is installed: a control connection
 * agrees on a test, whose streams come as connections of their own. Nothing is specified but by iperf3 itself; what is
 * here was made from what iperf3 3.12 says on the wire.
 * <p>
 * Ordinary Netty handlers that would run on any transport. Thread: each channel's event loop. May import Netty, and
 * {@code fastpath.netty} for what only this transport tells.
 */
@NullMarked
package io.millrace.services.iperf;

import org.jspecify.annotations.NullMarked;
