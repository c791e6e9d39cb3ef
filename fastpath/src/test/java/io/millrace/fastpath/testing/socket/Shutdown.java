package io.millrace.fastpath.testing.socket;

/** Which direction {@code shutdown} ends. */
public enum Shutdown {
    /** Nothing more is received. */
    RD,
    /** Nothing more is sent: a FIN follows. */
    WR,
    /** Both. */
    RDWR;

    boolean input() {
        return this != WR;
    }

    boolean output() {
        return this != RD;
    }
}
