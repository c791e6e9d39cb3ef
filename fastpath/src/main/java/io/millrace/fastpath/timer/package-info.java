/**
 * Timers: a hierarchical wheel whose nodes live in the records of whoever owns the timers. Time is an argument; nothing
 * here reads a clock.
 * <p>
 * Thread: the engine's. May import {@code memory} only.
 */
@NullMarked
package io.millrace.fastpath.timer;

import org.jspecify.annotations.NullMarked;
