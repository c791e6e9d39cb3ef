package io.millrace.config;

/** What becomes of a setting that is changed while a stack runs, by {@code millrace reload}. */
public enum AtRunTime {
    /** It is refused, and everything else with it: only a new start changes it. */
    RESTART("needs a restart"),
    /** What is there already follows too. */
    AT_ONCE("at once"),
    /** Connections that are opened from then on have it, those of listeners that are open among them. */
    NEW_CONNECTIONS("for new connections");

    private final String text;

    AtRunTime(final String text) {
        this.text = text;
    }

    /** E.g. {@code for new connections}. */
    @Override
    public String toString() {
        return text;
    }
}
