/**
 * Looking into a running stack, of this process or of another, without stopping it: the layout of the file in which it
 * shows itself, and who reads that.
 * <p>
 * Thread: any. May import the fast path's counters, addresses, states and findings, nothing of the rest of the control plane.
 */
@NullMarked
package io.millrace.observe;

import org.jspecify.annotations.NullMarked;
