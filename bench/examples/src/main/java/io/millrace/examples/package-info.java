/**
 * Programs as users of Netty's frameworks write them, on Millrace: in each the event loop group and the class of the
 * channel are all that differs from one on the kernel's TCP. One package a framework.
 * <p>
 * Thread: as the framework says. May import: {@code Millrace}, its configuration, the Netty transport.
 */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
