/**
 * Two processes that measure what is between them: the port {@code shm}, and the kernel's loopback. Thread: the main
 * thread of each. May import everything.
 */
@NullMarked
package io.millrace.bench.shm;

import org.jspecify.annotations.NullMarked;
