/**
 * A stack that takes some ports of the host's own addresses: what it takes over from the host, and whether the host uses
 * the same ports.
 * <p>
 * Thread: the one that starts a stack, or looks at it.
 * <p>
 * May import {@code config} and {@code fastpath}'s {@code port}, {@code control} and {@code wire}.
 */
@NullMarked
package io.millrace.control.shared;

import org.jspecify.annotations.NullMarked;
