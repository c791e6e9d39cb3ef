/**
 * What the fast path asks of the control plane, and the commands and events between them. Interfaces only.
 * <p>
 * Thread: as each says. May import: tcp (settings), udp (bindings), engine (for {@code NetworkStack}), wire.
 */
@NullMarked
package io.millrace.fastpath.control;

import org.jspecify.annotations.NullMarked;
