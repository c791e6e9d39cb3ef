/** Whole stacks with several links, in virtual time. Thread: the test's. */
@NullMarked
package io.millrace.fastpath.links;

import org.jspecify.annotations.NullMarked;
