/**
 * The Netty 4.2 transport: an {@code IoHandler} that drives one engine, the channels over its connections, their
 * options and the event loop group.
 * <p>
 * Thread: an event loop's, which is its engine's; what comes from other threads hops there first.
 * <p>
 * May import {@code control}, {@code engine}, {@code idle}, {@code tcp}, {@code tcp.congestion}, {@code udp}, {@code wire}, {@code memory},
 * Netty and Agrona.
 */
@NullMarked
package io.millrace.fastpath.netty;

import org.jspecify.annotations.NullMarked;
