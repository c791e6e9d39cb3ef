/**
 * What every side-by-side run needs of the machine: namespaces to run in, what to say of where it was measured, drawings.
 * Thread: one. Knows no stack.
 */
@NullMarked
package io.millrace.bench.machine;

import org.jspecify.annotations.NullMarked;
