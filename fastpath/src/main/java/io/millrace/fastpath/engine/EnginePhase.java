package io.millrace.fastpath.engine;

/**
 * A part of the engine's turn that does work for packets. {@link StackEngine} calls those it has one after the other, through
 * this class and in a loop, so that the JIT compiler sees several receivers at one call and compiles each on its own: it
 * inlines calls to a depth of 15 and up to a number of bytecodes, and a turn as one piece exceeds both, in the middle of
 * the way of a segment, where each access to a field is a call then. Thread: the engine's.
 */
abstract class EnginePhase {
    /** Returns how many things were done. */
    abstract int run(long nowNs);
}
