package io.millrace.control.dhcp;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The states of a DHCP client (RFC 2131 §4.4, figure 5), without INIT-REBOOT: nothing is remembered from an earlier life.
 * The first usable offer is taken. It does not wait before the first message. Between REQUESTING and BOUND the address is
 * tried, which is not this object's work: it is {@linkplain #onTried told}.
 * <p>
 * Thread: any; time is an input.
 */
public final class DhcpClient implements AutoCloseable {
    /** RFC 2131 §3.1 (5): so often a request is sent before all begins anew. */
    private static final int REQUESTS = 4;
    /** RFC 2131 §3.1 (5): so long after a DECLINE. */
    private static final long AFTER_DECLINE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long SLOWEST_RESTART_NS = TimeUnit.SECONDS.toNanos(64);
    private static final long NEVER = Long.MAX_VALUE;

    private enum State {
        INIT,
        SELECTING,
        REQUESTING,
        TRYING,
        BOUND,
        RENEWING,
        REBINDING,
        STOPPED;

        boolean holdsLease() {
            return this == TRYING || this == BOUND || this == RENEWING || this == REBINDING;
        }
    }

    private final DhcpSettings settings;
    private final LeaseHolder holder;
    private final ControlCounters counters;
    private final RandomGenerator random;
    private final DhcpSender sender;
    private final ClientMessages messages;
    private final Exchange exchange;
    private State state = State.INIT;
    /** The lease in force, or the one that is being asked or probed for. */
    private @Nullable Lease lease;
    /** Link-layer address that the server's last message came from. */
    private long serverMac;
    private long deadlineNs = Long.MIN_VALUE;
    private int failures;
    /** Another host has the address of the lease. */
    private boolean duplicate;

    /**
     * @param engine where messages go out.
     * @param holder told of every lease, within calls of this object.
     * @param random transaction ids and the spread of times.
     */
    public DhcpClient(final DhcpSettings settings, final EngineCommands engine, final LeaseHolder holder,
            final RandomGenerator random, final ControlCounters counters) {
        this.settings = settings;
        this.holder = holder;
        this.random = random;
        this.counters = counters;
        sender = new DhcpSender(engine, settings.link(), counters);
        exchange = new Exchange(random);
        messages = new ClientMessages(settings, exchange);
    }

    /** When {@link #doWork} has something to do; {@link Long#MAX_VALUE}: never. */
    public synchronized long nextDeadlineNs() {
        return deadlineNs;
    }

    /** Asks, asks again, renews, gives up; returns the number of things done. */
    public synchronized int doWork(final long nowNs) {
        if (nowNs < deadlineNs) {
            return 0;
        }
        if (duplicate) {
            decline(nowNs);
        } else if (state.holdsLease() && nowNs >= held().expiryNs()) {
            counters.increment(ControlCounter.DHCP_EXPIRED);
            loseLease("it expired, and no server answered");
            restart(nowNs, 0);
        } else {
            onDeadline(nowNs);
        }
        return 1;
    }

    private void onDeadline(final long nowNs) {
        switch (state) {
            case INIT -> {
                exchange.begin(nowNs);
                state = State.SELECTING;
                discover(nowNs);
            }
            case SELECTING -> discover(nowNs);
            case REQUESTING -> {
                if (exchange.asked() < REQUESTS) {
                    request(nowNs);
                } else {
                    restart(nowNs, 0);
                }
            }
            case TRYING -> deadlineNs = held().expiryNs();
            case BOUND -> onBound(nowNs);
            case RENEWING, REBINDING -> renew(nowNs);
            case STOPPED -> deadlineNs = NEVER;
        }
    }

    private void discover(final long nowNs) {
        exchange.onAsked(nowNs);
        sender.send(messages.discover(nowNs), 0, DhcpSender.EVERYBODY, 0);
        deadlineNs = nowNs + exchange.patienceNs();
    }

    private void request(final long nowNs) {
        exchange.onAsked(nowNs);
        sender.send(messages.request(held()), 0, DhcpSender.EVERYBODY, 0);
        deadlineNs = nowNs + exchange.patienceNs();
    }

    /** RFC 2131 §4.4.5: the server is asked until T2, then everybody. */
    private void renew(final long nowNs) {
        final Lease mine = held();
        if (state != State.REBINDING && nowNs >= mine.rebindAtNs()) {
            state = State.REBINDING;
            exchange.begin(nowNs);
        }
        exchange.onAsked(nowNs);
        final boolean rebinding = state == State.REBINDING;
        sender.send(messages.renew(mine, nowNs), mine.address(), rebinding ? DhcpSender.EVERYBODY : mine.serverId(),
                0);
        deadlineNs = Exchange.halfWay(nowNs, rebinding ? mine.expiryNs() : mine.rebindAtNs());
    }

    /** The first time there is T1 to wait for, then it is there. */
    private void onBound(final long nowNs) {
        if (nowNs < held().renewAtNs()) {
            deadlineNs = held().renewAtNs();
        } else {
            state = State.RENEWING;
            exchange.begin(nowNs);
            renew(nowNs);
        }
    }

    /** A message arrived at an engine; parameters as in {@link io.millrace.fastpath.control.EngineEvents#onDhcp}. */
    public synchronized void onMessage(final long linkSource, final long address, final int length,
            final long nowNs) {
        final byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        final DhcpMessage message = DhcpMessage.decode(bytes);
        if (message == null || !messages.isAnswer(message) || !take(message, nowNs)) {
            counters.increment(ControlCounter.DHCP_IGNORED);
        } else {
            serverMac = linkSource;
        }
    }

    private boolean take(final DhcpMessage message, final long nowNs) {
        return switch (state) {
            case SELECTING -> message.type() == DhcpOption.OFFER && onOffer(message, nowNs);
            case REQUESTING -> message.intOption(DhcpOption.SERVER_ID, 0) == held().serverId()
                    && onReply(message, nowNs);
            case RENEWING, REBINDING -> onReply(message, nowNs);
            case INIT, TRYING, BOUND, STOPPED -> false;
        };
    }

    private boolean onOffer(final DhcpMessage message, final long nowNs) {
        final Lease offered = Lease.of(message, nowNs, random);
        if (offered == null) {
            return false;
        }
        lease = offered;
        state = State.REQUESTING;
        exchange.next();
        request(nowNs);
        return true;
    }

    private boolean onReply(final DhcpMessage message, final long nowNs) {
        if (message.type() == DhcpOption.NAK) {
            counters.increment(ControlCounter.DHCP_REFUSED);
            loseLease("a server refused it: " + message.text(DhcpOption.MESSAGE));
            restart(nowNs, 0);
            return true;
        }
        final Lease given = message.type() == DhcpOption.ACK ? Lease.of(message, exchange.askedNs(), random) : null;
        if (given == null || given.address() != held().address()) {
            return false;
        }
        final Lease before = held();
        lease = given;
        counters.increment(ControlCounter.DHCP_LEASES);
        if (state == State.REQUESTING) {
            state = State.TRYING;
            deadlineNs = given.expiryNs();
            holder.onLease(null, given, "by " + name(given.serverId()));
        } else {
            state = State.BOUND;
            deadlineNs = given.renewAtNs();
            holder.onLease(before, given, "prolonged by " + name(given.serverId()));
        }
        return true;
    }

    /**
     * It is known whether another host has the address of the lease; may be told again, also within a call of the holder.
     *
     * @param free false: one has it, or claims it later and we give way.
     */
    public synchronized void onTried(final boolean free) {
        if (!state.holdsLease()) {
            return;
        }
        if (!free) {
            duplicate = true;
            deadlineNs = Long.MIN_VALUE;
        } else if (state == State.TRYING) {
            state = State.BOUND;
            failures = 0;
            deadlineNs = held().renewAtNs();
        }
    }

    /** RFC 2131 §3.1 (5). */
    private void decline(final long nowNs) {
        counters.increment(ControlCounter.DHCP_DECLINED);
        sender.send(messages.decline(held()), 0, DhcpSender.EVERYBODY, 0);
        loseLease("another host has it");
        restart(nowNs, AFTER_DECLINE_NS);
    }

    /** The stack ends: gives the lease back where the settings say so, and asks for no other. */
    public synchronized void stop() {
        if (state.holdsLease() && settings.release()) {
            final Lease mine = held();
            // to where the server's last message came from: there is no time to ask for its link-layer address
            sender.send(messages.release(mine), mine.address(), mine.serverId(), serverMac);
        }
        state = State.STOPPED;
        deadlineNs = NEVER;
    }

    /** Stops without a word, and gives back memory. */
    @Override
    public synchronized void close() {
        state = State.STOPPED;
        deadlineNs = NEVER;
        sender.close();
    }

    private void loseLease(final String reason) {
        final Lease before = lease;
        final boolean held = state.holdsLease();
        lease = null;
        if (held) {
            holder.onLease(before, null, reason);
        }
    }

    /** Each time in a row that nothing came of it, it takes longer until the next: a server may refuse for ever. */
    private void restart(final long nowNs, final long leastNs) {
        final long pauseNs = failures == 0
                ? 0
                : Math.min(SLOWEST_RESTART_NS, TimeUnit.SECONDS.toNanos(1) << Math.min(failures, 8));
        failures++;
        lease = null;
        duplicate = false;
        state = State.INIT;
        deadlineNs = nowNs + Math.max(leastNs, pauseNs);
    }

    private Lease held() {
        return Objects.requireNonNull(lease);
    }

    private static String name(final int address) {
        return IpAddress.toString(0, IpAddress.v4(address));
    }
}
