package io.millrace.fastpath.engine;

/**
 * A part of the engine's turn that does work for packets. {@link StackEngine} calls its three one after the other, in a
 * loop: the JIT compiler sees more receivers at that call than it inlines, and compiles each part on its own. It inlines
 * calls to a depth of 15 and up to a number of bytecodes; a turn as one piece exceeds both in the middle of the way of a
 * segment, and from there on each access to a field is a call. Thread: the engine's.
 */
abstract class EnginePhase {
    /** Returns how many things were done. */
    abstract int run(long nowNs);
}
