/**
 * The engine: one duty cycle over a port queue, IP, TCP and timers; the only place that reads a clock.
 * <p>
 * Thread: the one that drives the engine; a Netty event loop, or an Agrona runner. May import everything of the fast
 * path but netty.
 */
@NullMarked
package io.millrace.fastpath.engine;

import org.jspecify.annotations.NullMarked;
