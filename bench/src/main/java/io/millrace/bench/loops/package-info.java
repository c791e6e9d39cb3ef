/**
 * What several engines come to, by simulation in virtual time: a model, for machines with fewer cores than engines. Thread:
 * one. May import the fast path's {@code port} and {@code wire}.
 */
@NullMarked
package io.millrace.bench.loops;

import org.jspecify.annotations.NullMarked;
