package io.millrace.bench.compare.run;

/** A cell cannot be measured on this machine or by this user: the message says why, and what to do. */
public final class SkippedCellException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message one sentence. */
    public SkippedCellException(final String message) {
        super(message);
    }
}
