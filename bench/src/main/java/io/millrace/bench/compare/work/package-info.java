/**
 * What clients and services of side-by-side runs do, on Netty: the same handlers whatever carries their bytes, on event loops
 * of one thread each. Nothing is allocated for a message here. Threads: handlers run on their channel's event loop, what
 * starts, stops and reads them on any. Imports Millrace and {@code result}; knows no processes.
 */
@NullMarked
package io.millrace.bench.compare.work;

import org.jspecify.annotations.NullMarked;
