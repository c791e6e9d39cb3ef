package io.millrace.config;

/** What keeps the kernel from answering for ports of its own addresses that are a stack's. */
public enum SharedGuard {
    /** A program of the stack in front of the kernel, which ends with the process. */
    TCX,
    /** A rule that the user has given the kernel. */
    RULE
}
