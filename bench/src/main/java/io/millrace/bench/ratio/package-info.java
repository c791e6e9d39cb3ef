/**
 * One JMH benchmark against another of the same run, beside what such ratios were when they were written down
 * ({@code bench/baseline/ratios.txt}): {@code millrace bench --baseline}. Thread: the command's; benchmarks run in JVMs of
 * their own. Imports {@code compare.engine}, {@code compare.run}.
 */
@NullMarked
package io.millrace.bench.ratio;

import org.jspecify.annotations.NullMarked;
