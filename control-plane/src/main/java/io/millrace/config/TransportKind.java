package io.millrace.config;

/** A transport of Netty. */
public enum TransportKind {
    /** This stack. */
    MILLRACE,
    /** The kernel's TCP and UDP by io_uring. */
    IO_URING,
    /** The kernel's by epoll. */
    EPOLL,
    /** The kernel's by the JDK's selectors: there on every machine. */
    NIO;

    /** As the configuration names it, e.g. {@code io-uring}. */
    public String label() {
        return ValueTypes.choice(TransportKind.class).render(this);
    }
}
