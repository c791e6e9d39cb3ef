/**
 * The command {@code millrace bench}: Millrace beside the kernel's transports, in one run. Composes {@code engine},
 * {@code node} and {@code net} (what is measured), {@code run} (in what order) and {@code report}. Thread: the main thread.
 */
@NullMarked
package io.millrace.bench.compare;

import org.jspecify.annotations.NullMarked;
