/**
 * Where a stack is put together: {@link io.millrace.Millrace#launch}, and given another configuration while it runs:
 * {@link io.millrace.Millrace#reload}. Everything a program needs to run a stack begins here. Thread: any. Imports: the control plane, the fast path's engine and ports.
 */
@org.jspecify.annotations.NullMarked
package io.millrace;
