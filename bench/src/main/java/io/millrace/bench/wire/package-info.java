/**
 * TCP beside TCP over one bad wire: the kernel's and ours as senders and receivers, in a matrix of loss, round trip and
 * reordering. {@link io.millrace.bench.WireMatrix} runs it.
 */
@NullMarked
package io.millrace.bench.wire;

import org.jspecify.annotations.NullMarked;
