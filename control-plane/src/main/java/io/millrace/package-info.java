/**
 * Where a stack is put together: {@link io.millrace.Millrace#launch}. Everything a program needs to run a stack begins
 * here. Thread: any. Imports: the control plane, the fast path's engine and ports.
 */
@org.jspecify.annotations.NullMarked
package io.millrace;
