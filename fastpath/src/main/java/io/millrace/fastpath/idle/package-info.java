/**
 * What a loop does after a turn without work: it polls, yields, backs off, or sleeps until a frame, a task, a command or a
 * deadline comes; and what it asks of the operating system for that.
 * <p>
 * Thread: the loop's, but for waking it up.
 * <p>
 * May import {@code port} and Agrona.
 */
@NullMarked
package io.millrace.fastpath.idle;

import org.jspecify.annotations.NullMarked;
