package io.millrace.fastpath.testing.script;

/** A stack that did not do what a script expects: where, what instead, and everything that happened before. */
public final class ScriptFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    ScriptFailure(final String file, final int line, final String problem, final Trace trace) {
        super(file + ":" + line + ": " + problem + "\n" + trace);
    }
}
