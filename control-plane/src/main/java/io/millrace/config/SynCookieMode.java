package io.millrace.config;

/** When listeners send SYN cookies, in the order in which Linux numbers it ({@code net.ipv4.tcp_syncookies}). */
public enum SynCookieMode {
    /** Never: a SYN that finds the SYN queue full is dropped. */
    OFF,
    /** While the SYN queue is full. */
    WHEN_FULL,
    /** Always: no listener remembers a SYN. */
    ALWAYS
}
