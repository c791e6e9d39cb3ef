package io.millrace.config;

/** What becomes of an own address that another host claims: the choices of RFC 5227 §2.4, for both families. */
public enum ConflictPolicy {
    /** Announced again, once in ten seconds at the most, and used on (c). */
    KEEP,
    /** Announced again; at another claim within ten seconds given up (b). */
    DEFEND_ONCE,
    /** Given up at once (a). */
    GIVE_UP
}
