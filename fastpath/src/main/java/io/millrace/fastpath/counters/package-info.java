/**
 * One counter for each reason to drop, readable from any thread without stopping the loop.
 * <p>
 * Thread: written by the engine's, read by any. May import: memory.
 */
@NullMarked
package io.millrace.fastpath.counters;

import org.jspecify.annotations.NullMarked;
