/**
 * Cells of the engine alone: JMH benchmarks of {@code io.millrace.bench}, each in a JVM of its own, as samples. Thread:
 * the command's; the benchmark runs in the child. Imports {@code compare.run}, {@code compare.result} and JMH.
 */
@NullMarked
package io.millrace.bench.compare.engine;

import org.jspecify.annotations.NullMarked;
