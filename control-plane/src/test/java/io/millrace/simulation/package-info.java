/**
 * Whole stacks in virtual time, from a seed.
 * <p>
 * Thread: the test's.
 */
@NullMarked
package io.millrace.simulation;

import org.jspecify.annotations.NullMarked;
