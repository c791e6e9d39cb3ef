package io.millrace.control.dhcp;

import org.jspecify.annotations.Nullable;

/** What a lease is for. Thread: the agent's, or the one that closes the stack. */
@FunctionalInterface
public interface LeaseHolder {
    /**
     * The lease in force is another: a new one, whose address is to be tried before it is used (RFC 2131 §4.4.1) and the
     * result {@linkplain DhcpClient#onTried told}; the same with more time; or none.
     *
     * @param before what was in force; null: none.
     * @param now    what is; null: none, and what {@code before} gave must not be used any more.
     * @param reason for a log, e.g. {@code expired}.
     */
    void onLease(@Nullable Lease before, @Nullable Lease now, String reason);
}
