/**
 * JMH benchmarks, and the lean engine surroundings that they need: a port and a control plane that cost next to
 * nothing, so that what is measured is the engine.
 * <p>
 * Thread: the benchmark's. May import: every module.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
