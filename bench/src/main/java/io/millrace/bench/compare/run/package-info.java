/**
 * Runs cells in turn: arenas that are open at once and stopped while another one has its round, rounds that other load
 * disturbed and that are repeated. Thread: the command's. Imports {@code result}; what an arena does is another package's.
 */
@NullMarked
package io.millrace.bench.compare.run;

import org.jspecify.annotations.NullMarked;
