package io.millrace.fastpath.testing;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import java.nio.charset.StandardCharsets;

/**
 * An application for tests: remembers what it was told, and why its connection failed. It receives nothing by itself,
 * but at the end takes what is still there. Thread: the test's.
 */
public final class Application implements ConnectionHandler {
    private final StackDriver stack;
    private int events;
    private int calls;
    private TcpFailure failure = TcpFailure.NONE;
    private String rest = "";

    public Application(final StackDriver stack) {
        this.stack = stack;
    }

    @Override
    public void onReady(final long connection, final int told) {
        events |= told;
        calls++;
        if ((told & FAILED) != 0) {
            failure = stack.tcp().failure(connection);
            final byte[] left = stack.received(connection, stack.tcp().available(connection));
            rest = left == null ? "" : new String(left, StandardCharsets.ISO_8859_1);
        }
    }

    /** True where every one of these events was told since the last question about them. */
    public boolean took(final int wanted) {
        final boolean told = (events & wanted) == wanted;
        events &= ~wanted;
        return told;
    }

    /** Events told and not asked for yet. */
    public int events() {
        return events;
    }

    /** How often the application was called. */
    public int calls() {
        return calls;
    }

    /** Why the connection failed; NONE where it did not. */
    public TcpFailure failure() {
        return failure;
    }

    /** What was received during {@link ConnectionHandler#FAILED}. */
    public String rest() {
        return rest;
    }
}
