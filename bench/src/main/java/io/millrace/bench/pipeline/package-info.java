/**
 * The whole Netty pipeline, Millrace beside epoll. Threads: the benchmark's starts work and waits for its end, event loops
 * do it. May import everything.
 */
@NullMarked
package io.millrace.bench.pipeline;

import org.jspecify.annotations.NullMarked;
