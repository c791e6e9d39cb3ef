/**
 * JMH benchmarks, and the lean engine surroundings that they need: a port and a control plane that cost next to
 * nothing, so that what is measured is the engine; and the commands that set Millrace beside the kernel
 * ({@code WireMatrix}, {@code SynFlood}) or load it to its limits.
 * <p>
 * Thread: the benchmark's. May import: every module.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
