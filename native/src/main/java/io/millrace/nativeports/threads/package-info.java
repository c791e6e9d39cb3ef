/**
 * What Linux can do for the threads of loops: sleep until a descriptor is readable or somebody writes to an eventfd, and
 * stay on a CPU.
 * <p>
 * Thread: each loop's, but for waking it up.
 */
@NullMarked
package io.millrace.nativeports.threads;

import org.jspecify.annotations.NullMarked;
