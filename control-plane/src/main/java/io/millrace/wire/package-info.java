/**
 * A wire between two packet ports, on which goes wrong what its user says, from a seed: the same for the kernel's TCP
 * and for ours, at either end.
 * <p>
 * Thread: one drives a wire; the ports are opened and closed around it.
 * <p>
 * May import {@code fastpath}'s {@code port} and {@code memory}.
 */
@NullMarked
package io.millrace.wire;

import org.jspecify.annotations.NullMarked;
