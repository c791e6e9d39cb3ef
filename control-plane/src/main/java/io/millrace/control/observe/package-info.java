/**
 * How a stack shows itself to others: makes, fills and removes the file that {@link io.millrace.observe} reads.
 * <p>
 * Thread: the control agent's, but for making and closing. May import {@code io.millrace.observe} and the fast path.
 */
@NullMarked
package io.millrace.control.observe;

import org.jspecify.annotations.NullMarked;
