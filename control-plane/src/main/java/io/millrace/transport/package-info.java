/**
 * One of Netty's transports, whichever works here: Millrace, else io_uring, else epoll, else NIO, as configured
 * ({@link io.millrace.transport.TransportChoice}). The classes of io_uring and epoll are optional: only what is on the
 * class path is touched.
 * <p>
 * Thread: any. Imports: the composition root, the configuration, the fast path's Netty transport, Netty.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.transport;
