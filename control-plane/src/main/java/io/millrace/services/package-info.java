/**
 * The Netty services that the command line runs on a stack: HTTP, echo, discard, chargen, iperf3. Ordinary Netty handlers
 * that would run on any transport.
 * <p>
 * Thread: the channel's event loop. May import Netty.
 */
@NullMarked
package io.millrace.services;

import org.jspecify.annotations.NullMarked;
