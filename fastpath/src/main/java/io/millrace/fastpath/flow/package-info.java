/**
 * From the 4-tuple of a segment to its connection.
 * <p>
 * Thread: the engine's. May import {@code memory} only.
 */
@NullMarked
package io.millrace.fastpath.flow;

import org.jspecify.annotations.NullMarked;
