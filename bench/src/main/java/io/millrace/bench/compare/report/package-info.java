/**
 * What came of a run: the targets and how far they are met, as text, JSON, Markdown and one HTML page with plots. Pure
 * functions of {@code result}; any thread. Imports {@code result}, {@code machine}.
 */
@NullMarked
package io.millrace.bench.compare.report;

import org.jspecify.annotations.NullMarked;
