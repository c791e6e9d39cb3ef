/**
 * What starts, runs and stops the control plane: the agent and its thread, the links that it serves, the engines' view of
 * the control plane, devices found by their scheme, and the order of an end.
 * Thread: as each class says. Imports: the control plane, {@code fastpath.engine}, {@code fastpath.port}, Agrona.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.lifecycle;
