/**
 * What the side-by-side runs measure, as values: cells, the samples of their rounds, and medians of them. Pure, any thread;
 * knows nothing of how a sample was made.
 */
@NullMarked
package io.millrace.bench.compare.result;

import org.jspecify.annotations.NullMarked;
