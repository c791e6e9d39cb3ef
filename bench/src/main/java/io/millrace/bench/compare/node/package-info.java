/**
 * Processes of side-by-side runs: a child JVM that is one end of a workload or both, told what to do by lines on its standard
 * input, and the arenas on one host that are made of them. Thread: the command's in the parent, the main thread in the child.
 * Imports {@code work}, {@code run} and {@code result}.
 */
@NullMarked
package io.millrace.bench.compare.node;

import org.jspecify.annotations.NullMarked;
