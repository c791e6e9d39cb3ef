/**
 * The way from an engine to the control agent: a ring buffer for each engine, off heap, with a proxy at the engine's
 * end and an adapter at the agent's; and patience for the way back, whose ring belongs to the engine.
 * Thread: as each class says. Imports: {@code fastpath.control}, {@code fastpath.memory}, Agrona.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.channel;
