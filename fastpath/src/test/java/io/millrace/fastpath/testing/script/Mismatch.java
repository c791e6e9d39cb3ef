package io.millrace.fastpath.testing.script;

/** What is not as the script says; the runner adds where, and the trace. */
final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The line it is about; 0: the event that runs. */
    final int line;

    Mismatch(final String problem) {
        this(0, problem);
    }

    Mismatch(final int line, final String problem) {
        super(problem);
        this.line = line;
    }
}
