/**
 * Says in sentences what is wrong, before a run and during one, why it matters and what to do about it.
 * <p>
 * Facts are gathered first and judged then, so that each finding can be provoked by a test. Thread: any, one at a time.
 * May import the configuration, {@code observe} and the fast path.
 */
@NullMarked
package io.millrace.doctor;

import org.jspecify.annotations.NullMarked;
