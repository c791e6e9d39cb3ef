/**
 * A stack in virtual time for tests, and the packets to drive it: ships in the test-jar, for other people's suites too.
 * <p>
 * Thread: the test's.
 */
@NullMarked
package io.millrace.fastpath.testing;

import org.jspecify.annotations.NullMarked;
