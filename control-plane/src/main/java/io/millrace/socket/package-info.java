/**
 * Blocking sockets over a stack, for tests and tools, without Netty: {@link io.millrace.socket.MillraceSockets} makes
 * them, {@link io.millrace.socket.MillraceSocket} and {@link io.millrace.socket.MillraceServerSocket} behave as those of
 * {@code java.net}. Meant for virtual threads; a call that waits holds no thread of the engine up.
 * <p>
 * Thread: any calls; what touches a connection runs on its engine's thread. Imports: the fast path's engine, control and
 * TCP interfaces.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.socket;
