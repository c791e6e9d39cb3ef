package io.millrace.fastpath.testing.script;

/** A script that is not in the language, or asks for what is not there: where, what, and what is allowed. */
public final class ScriptSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScriptSyntaxException(final String file, final int line, final int column, final String problem) {
        super(file + ":" + line + ":" + column + ": " + problem);
    }
}
