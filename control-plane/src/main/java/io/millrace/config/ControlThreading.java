package io.millrace.config;

/** Where the control plane's agent runs. */
public enum ControlThreading {
    /** On a thread of its own. */
    DEDICATED,
    /** Within each turn of the first engine. */
    SHARED
}
