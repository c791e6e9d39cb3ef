/**
 * Netty's own transport suite ({@code io.netty:netty-testsuite}) over Millrace, in every {@link Pairing}: two stacks, one
 * stack, and a stack and the kernel's NIO and epoll transports. Each class has the name of the class of Netty that it
 * runs, but those that Netty ties to its own NIO transport, for which one of ours stands in. What is not run, and why:
 * {@link Excluded}.
 * <p>
 * Thread: JUnit's, or one inside the namespace of the pairing. May import everything.
 */
@NullMarked
package io.millrace.nettysuite;

import org.jspecify.annotations.NullMarked;
