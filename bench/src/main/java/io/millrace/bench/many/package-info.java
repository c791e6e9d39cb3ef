/**
 * Very many connections between two stacks of one JVM, and very short ones: what they cost in memory and time. Thread: one
 * drives both stacks. Imports: {@code Millrace}, {@code config}, {@code fastpath}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.bench.many;
