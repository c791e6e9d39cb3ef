/**
 * What an engine shows of itself, readable from any thread or process without stopping the loop: one counter for each
 * reason to drop, gauges, times of the loop, and the mailbox in which connections are asked for.
 * <p>
 * Thread: written by the engine's, read by any. May import: memory.
 */
@NullMarked
package io.millrace.fastpath.counters;

import org.jspecify.annotations.NullMarked;
