/**
 * A stack's counters and gauges for Micrometer, which is an optional dependency: who uses this package brings it.
 * <p>
 * Thread: any. May import {@code observe}.
 */
@NullMarked
package io.millrace.metrics;

import org.jspecify.annotations.NullMarked;
