/**
 * A whole stack in virtual time under BSD sockets, for suites of tests written anywhere. Packets are IPv4, as bytes.
 * <pre>{@code
 * try (SocketDriver stack = new SocketDriver(Setup.DEFAULT.addresses("192.168.0.1"))) {
 *     int listener = stack.socket().value();
 *     stack.bind(listener, 8080);
 *     stack.listen(listener, 1);
 *     stack.inject(syn);                            // a whole IP packet, made by you
 *     byte[] synAck = stack.poll().bytes();         // poll() is null where nothing was sent
 *     Call accept = stack.accept(listener);         // waits: accept.isDone() is false
 *     stack.inject(ack);                            // now it is done, at accept.doneNs()
 *     stack.write(accept.value(), "hello".getBytes());
 *     stack.advanceTo(stack.nextTimerNs());         // nobody acknowledges: poll() gives it again
 * } }</pre>
 */
@NullMarked
package io.millrace.fastpath.testing.socket;

import org.jspecify.annotations.NullMarked;
