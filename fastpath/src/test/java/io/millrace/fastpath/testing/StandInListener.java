package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpPrefix;
import org.agrona.collections.LongArrayQueue;
import org.jspecify.annotations.Nullable;

/** A listener whose SYN queue and accept queue have so many places each. Thread: one, its engine's. */
public class StandInListener implements ListenerPolicy {
    private final int id;
    private final TcpSettings settings;
    private final LongArrayQueue established = new LongArrayQueue(0);
    private int backlog;
    private int syns;
    private int accepts;
    private boolean open = true;
    private Cookies cookies = Cookies.OFF;
    private boolean cookieSent;
    private @Nullable IpPrefix sources;
    private boolean abortsOnOverflow;

    /** When SYNs are answered with a cookie, as Linux's tcp_syncookies. */
    public enum Cookies {
        OFF,
        WHEN_FULL,
        ALWAYS
    }

    /** @param settings of the connections that it makes. */
    public StandInListener(final int id, final int backlog, final TcpSettings settings) {
        this.id = id;
        this.backlog = backlog;
        this.settings = settings;
    }

    /** Changes the number of places of each queue; connections that wait keep theirs. */
    public void backlog(final int places) {
        backlog = places;
    }

    /** Changes when SYNs are answered with a cookie: never, unless set. */
    public final void cookies(final Cookies when) {
        cookies = when;
    }

    /** Changes what happens to a handshake that finds the accept queue full: it is held back, unless set. */
    public final void abortsOnOverflow(final boolean value) {
        abortsOnOverflow = value;
    }

    /** Admits this network alone from now on. */
    public final void sources(final IpPrefix network) {
        sources = network;
    }

    /** Whether an established connection waits. */
    public final boolean isAcceptable() {
        return !established.isEmpty();
    }

    /** The next established connection, which leaves its place; 0 where there is none. */
    public final long poll() {
        if (established.isEmpty()) {
            return 0;
        }
        accepts--;
        return established.pollLong();
    }

    /** From now on the listener is closed for connections whose handshake completes. */
    public final void close() {
        open = false;
    }

    /** Places of the SYN queue that are taken: half-open connections. */
    public final int syns() {
        return syns;
    }

    /** Places of the accept queue that are taken. */
    public final int accepts() {
        return accepts;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public TcpSettings settings() {
        return settings;
    }

    @Override
    public final boolean admits(final long remoteHi, final long remoteLo) {
        return sources == null || sources.contains(remoteHi, remoteLo);
    }

    @Override
    public final SynAnswer onSyn(final boolean cookiePossible, final long nowNs) {
        final boolean cookie = cookiePossible && cookies != Cookies.OFF;
        if (!(cookie && cookies == Cookies.ALWAYS) && reserveSyn()) {
            return SynAnswer.QUEUED;
        }
        cookieSent |= cookie;
        return cookie ? SynAnswer.COOKIE : SynAnswer.DROPPED;
    }

    @Override
    public final boolean expectsCookies(final long nowNs) {
        return cookieSent;
    }

    @Override
    public final boolean abortsOnOverflow() {
        return abortsOnOverflow;
    }

    @Override
    public boolean reserveSyn() {
        if (syns >= backlog) {
            return false;
        }
        syns++;
        return true;
    }

    @Override
    public void releaseSyn() {
        syns--;
    }

    @Override
    public boolean reserveAccept() {
        if (accepts >= backlog) {
            return false;
        }
        accepts++;
        return true;
    }

    @Override
    public boolean offer(final int engine, final long connection) {
        return open && established.offerLong(connection);
    }
}
