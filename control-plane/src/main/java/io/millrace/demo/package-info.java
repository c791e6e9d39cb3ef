/**
 * The demonstration: a Netty HTTP server on one stack, a client on another or in the kernel, and the ladder of segments
 * that really passed.
 * <p>
 * Thread: as each class says.
 */
@NullMarked
package io.millrace.demo;

import org.jspecify.annotations.NullMarked;
