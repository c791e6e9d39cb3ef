package io.millrace.control.listen;

import io.millrace.config.SynCookieMode;
import io.millrace.control.counters.ControlCounter;
import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpPrefix;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening endpoint (state LISTEN of RFC 9293). Both queues are bounded and a full one drops: as on Linux, a SYN is
 * dropped where the accept queue is full, or the SYN queue and there are no SYN cookies; and the last ACK of a handshake
 * where the accept queue is full. Lock-free. Thread: any.
 */
public final class TcpListener implements ListenerPolicy, NetworkStack.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    private final int id;
    private final InetSocketAddress local;
    private final long hi;
    private final long lo;
    private final ListenOptions options;
    private final Places synQueue;
    private final AcceptQueue acceptQueue;
    private final Listeners owner;
    private final RecentCookies recentCookies;
    private final AtomicBoolean floodTold = new AtomicBoolean();
    private volatile TcpSettings settings;
    private volatile UnaryOperator<TcpSettings> own;
    private volatile ListenSettings limits;
    private volatile ListenerRule rule;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LongAdder overflows = new LongAdder();
    private final LongAdder drops = new LongAdder();
    private final LongAdder synQueueFull = new LongAdder();
    private final LongAdder cookiesSent = new LongAdder();
    private final LongAdder cookiesReceived = new LongAdder();
    private final LongAdder cookiesFailed = new LongAdder();
    private final LongAdder sourcesRefused = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder deadBeforeAccept = new LongAdder();

    TcpListener(final int id, final InetSocketAddress local, final TcpSettings settings, final ListenOptions options,
            final ListenSettings limits, final RecentCookies recentCookies, final Listeners owner) {
        this.id = id;
        this.local = local;
        hi = IpAddress.hi(local.getAddress());
        lo = IpAddress.lo(local.getAddress());
        this.settings = settings;
        own = stack -> settings;
        this.options = options;
        this.limits = limits;
        this.recentCookies = recentCookies;
        rule = limits.rule(hi, lo, local.getPort());
        synQueue = new Places(limits.synQueue());
        acceptQueue = new AcceptQueue(limits.backlogFor(rule.backlogFor(options.backlog())));
        this.owner = owner;
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
    public void follow(final UnaryOperator<TcpSettings> newOwn) {
        owner.follow(this, newOwn);
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    /** {@inheritDoc} By the application and by the configuration. */
    @Override
    public boolean admits(final long remoteHi, final long remoteLo) {
        if (contains(options.sources(), remoteHi, remoteLo) && contains(rule.sources(), remoteHi, remoteLo)) {
            return true;
        }
        sourcesRefused.increment();
        return false;
    }

    private static boolean contains(final List<IpPrefix> networks, final long hi, final long lo) {
        boolean contained = networks.isEmpty();
        for (int i = 0; !contained && i < networks.size(); i++) {
            contained = networks.get(i).contains(hi, lo);
        }
        return contained;
    }

    @Override
    public SynAnswer onSyn(final boolean cookiePossible, final long nowNs) {
        if (closed.get()) {
            return SynAnswer.DROPPED;
        }
        if (acceptQueue.places().isFull()) {
            countOverflow();
            return SynAnswer.DROPPED;
        }
        final SynCookieMode mode = limits.synCookies();
        if (mode == SynCookieMode.ALWAYS && cookiePossible) {
            return sendCookie(nowNs);
        }
        if (synQueue.take()) {
            return SynAnswer.QUEUED;
        }
        if (mode != SynCookieMode.OFF && cookiePossible) {
            if (!floodTold.get() && floodTold.compareAndSet(false, true)) {
                LOG.warn("possible SYN flood: the SYN queue of {} is full, sending cookies", this);
            }
            return sendCookie(nowNs);
        }
        synQueueFull.increment();
        owner.counters().increment(ControlCounter.SYN_QUEUE_FULL);
        countDrop();
        return SynAnswer.DROPPED;
    }

    private SynAnswer sendCookie(final long nowNs) {
        recentCookies.sent(nowNs);
        cookiesSent.increment();
        return SynAnswer.COOKIE;
    }

    @Override
    public boolean reserveSyn() {
        return onSyn(false, 0) == SynAnswer.QUEUED;
    }

    /** {@inheritDoc} As in Linux a stray ACK costs no hash while no flood is on; a flood of them is reset. */
    @Override
    public boolean expectsCookies(final long nowNs) {
        return recentCookies.mayReturn(nowNs) && !closed.get();
    }

    @Override
    public void onCookie(final boolean valid) {
        (valid ? cookiesReceived : cookiesFailed).increment();
    }

    @Override
    public boolean abortsOnOverflow() {
        return limits.abortOnOverflow();
    }

    @Override
    public void releaseSyn() {
        synQueue.giveBack();
    }

    /** {@inheritDoc} A closed listener says yes, and then no to the {@link #offer}: so the peer gets its reset. */
    @Override
    public boolean reserveAccept() {
        if (acceptQueue.places().take() || closed.get()) {
            return true;
        }
        countOverflow();
        return false;
    }

    @Override
    public boolean offer(final int engine, final long connection) {
        if (closed.get()) {
            return false;
        }
        owner.counters().increment(ControlCounter.CONNECTIONS_QUEUED);
        acceptQueue.offer(new NetworkStack.Accepted(engine, connection));
        if (closed.get()) {
            abortQueued(); // close() may have looked before the connection was there
        }
        return true;
    }

    @Override
    public void onDeadBeforeAccept() {
        deadBeforeAccept.increment();
        owner.counters().increment(ControlCounter.DEAD_BEFORE_ACCEPT);
    }

    @Override
    public NetworkStack.@Nullable Accepted poll() {
        final NetworkStack.Accepted next = closed.get() ? null : acceptQueue.poll();
        if (next != null) {
            accepted.increment();
            owner.counters().increment(ControlCounter.CONNECTIONS_ACCEPTED);
        }
        return next;
    }

    @Override
    public void onAcceptable(final @Nullable Runnable hook) {
        acceptQueue.onAcceptable(hook);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            acceptQueue.onAcceptable(null);
            owner.unpublish(this);
            abortQueued();
        }
    }

    /** True once {@link #close} has begun. */
    public boolean isClosed() {
        return closed.get();
    }

    /** Places in the accept queue. */
    public int backlog() {
        return acceptQueue.places().limit();
    }

    /** Half-open connections now. */
    public int synQueueDepth() {
        return synQueue.taken();
    }

    /** The most half-open connections there ever were at once. */
    public int synQueueHighest() {
        return synQueue.highest();
    }

    /** Places of the accept queue taken now. */
    public int acceptQueueDepth() {
        return acceptQueue.places().taken();
    }

    /** The most places of the accept queue that were ever taken at once. */
    public int acceptQueueHighest() {
        return acceptQueue.places().highest();
    }

    /** SYNs and handshakes dropped because the accept queue was full (Linux: ListenOverflows). */
    public long overflows() {
        return overflows.sum();
    }

    /** SYNs and handshakes dropped for any reason (Linux: ListenDrops). */
    public long drops() {
        return drops.sum();
    }

    /** SYNs dropped because the SYN queue was full. */
    public long synQueueFull() {
        return synQueueFull.sum();
    }

    /** SYNs answered with a cookie (Linux: SyncookiesSent). */
    public long cookiesSent() {
        return cookiesSent.sum();
    }

    /** Cookies that came back (Linux: SyncookiesRecv). */
    public long cookiesReceived() {
        return cookiesReceived.sum();
    }

    /** ACKs that should have brought a cookie and did not (Linux: SyncookiesFailed). */
    public long cookiesFailed() {
        return cookiesFailed.sum();
    }

    /** Segments dropped because of where they came from. */
    public long sourcesRefused() {
        return sourcesRefused.sum();
    }

    /** Connections taken by the application. */
    public long accepted() {
        return accepted.sum();
    }

    /** Connections that died before the application took them. */
    public long deadBeforeAccept() {
        return deadBeforeAccept.sum();
    }

    /** {@code 0.0.0.0:80 backlog 128}. */
    @Override
    public String toString() {
        return Listeners.text(hi, lo, local.getPort()) + " backlog " + backlog();
    }

    void own(final UnaryOperator<TcpSettings> newOwn) {
        own = newOwn;
    }

    /** Connections that come from now on. Thread: one at a time. */
    void onStackSettings(final TcpSettings stack) {
        settings = own.apply(rule.settings(stack));
    }

    /** The queues from now on; nobody is thrown out. Thread: one at a time. */
    void onLimits(final ListenSettings newLimits) {
        limits = newLimits;
        rule = newLimits.rule(hi, lo, local.getPort());
        synQueue.limit(newLimits.synQueue());
        acceptQueue.resize(newLimits.backlogFor(rule.backlogFor(options.backlog())));
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    int port() {
        return local.getPort();
    }

    ListenOptions options() {
        return options;
    }

    RecentCookies recentCookies() {
        return recentCookies;
    }

    private void countOverflow() {
        overflows.increment();
        owner.counters().increment(ControlCounter.LISTEN_OVERFLOWS);
        countDrop();
    }

    private void countDrop() {
        drops.increment();
        owner.counters().increment(ControlCounter.LISTEN_DROPS);
    }

    private void abortQueued() {
        for (NetworkStack.Accepted next = acceptQueue.poll(); next != null; next = acceptQueue.poll()) {
            owner.abort(next);
        }
    }
}
