/**
 * Many whole stacks in virtual time over a network of links that go wrong, all of it from one seed; and bulk transfers
 * over a link of a given kind, for the throughput matrix.
 * <p>
 * Thread: the test's.
 */
@NullMarked
package io.millrace.fastpath.simulation;

import org.jspecify.annotations.NullMarked;
