package io.millrace.cli;

import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.tcp.TcpInfo.Limit;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.ObservedConnection.Owner;
import io.millrace.observe.ObservedConnection.Timer;
import io.millrace.observe.ObservedConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A connection in the words of {@code ss -tiepm}, where that has words. Thread: any. */
final class ConnectionText {
    private static final int NO_THRESHOLD = 1 << 30;

    private ConnectionText() {}

    static List<String> header() {
        return List.of("State", "Recv-Q", "Send-Q", "Local", "Peer", "Timer", "Owner");
    }

    /** The cells below {@link #header}. */
    static List<String> cells(final ObservedConnection connection) {
        return List.of(connection.state().name(), Integer.toString(connection.unreadBytes()),
                Long.toString(connection.queuedBytes()), connection.local(), connection.remote(), timer(connection),
                owner(connection));
    }

    /** {@code on:180ms}, as ss writes it: what runs out first. */
    private static String timer(final ObservedConnection connection) {
        Timer first = null;
        for (final Timer timer : Timer.values()) {
            if (connection.timerNs(timer) >= 0
                    && (first == null || connection.timerNs(timer) < connection.timerNs(first))) {
                first = timer;
            }
        }
        return first == null ? "-" : name(connection, first) + ':' + duration(connection.timerNs(first));
    }

    private static String name(final ObservedConnection connection, final Timer timer) {
        return switch (timer) {
            case RETRANSMIT -> connection.has(ConnectionRecord.FLAG_PROBING) ? "persist" : "on";
            case ACKNOWLEDGE -> "ack";
            case OUTPUT -> "pace";
            case LIFE -> switch (connection.state()) {
                case TIME_WAIT, FIN_WAIT_2 -> "timewait";
                default -> "keepalive";
            };
        };
    }

    private static String owner(final ObservedConnection connection) {
        return switch (connection.owner()) {
            case NOBODY -> "-";
            case APPLICATION -> connection.ownerName();
            case ACCEPT_QUEUE -> "(accept queue)";
            case LISTENER -> "(SYN queue)";
        };
    }

    /** The second line: what {@code tcp_info} tells, and memory. Empty in TIME_WAIT. */
    static String details(final ObservedConnection connection) {
        if (connection.handle() == 0) {
            return "";
        }
        final StringBuilder text = new StringBuilder();
        values(connection).forEach((name, value) -> {
            if (value instanceof final Boolean truth) {
                text.append(truth ? ' ' + name : "");
            } else {
                text.append(' ').append(name).append(':').append(value);
            }
        });
        return text.substring(1);
    }

    private static Map<String, Object> values(final ObservedConnection connection) {
        final Map<String, Object> values = new LinkedHashMap<>();
        values.put(connection.congestionControl(), true);
        values.put("ts", connection.has(ConnectionRecord.FLAG_TIMESTAMPS));
        values.put("sack", connection.has(ConnectionRecord.FLAG_SACK));
        values.put("ecn", connection.has(ConnectionRecord.FLAG_ECN));
        values.put("fastopen", connection.has(ConnectionRecord.FLAG_FAST_OPEN));
        if (connection.has(ConnectionRecord.FLAG_WINDOW_SCALING)) {
            values.put("wscale", connection.sendWindowShift() + "," + connection.receiveWindowShift());
        }
        values.put("rto", duration(connection.rtoNs()));
        if (connection.srttNs() != 0) {
            values.put("rtt", duration(connection.srttNs()) + '/' + duration(connection.rttvarNs()));
            values.put("minrtt", duration(connection.minRttNs()));
        }
        putIfSet(values, "rcv_rtt", connection.receiveRttNs() == 0 ? "" : duration(connection.receiveRttNs()));
        values.put("mss", connection.sendMss());
        values.put("pmtu", connection.pathMtu());
        values.put("rcvmss", connection.receiveMss());
        values.put("advmss", connection.announcedMss());
        values.put("cwnd", connection.congestionWindow());
        putIfSet(values, "ssthresh", connection.slowStartThreshold() >= NO_THRESHOLD
                ? ""
                : Integer.toString(connection.slowStartThreshold()));
        queues(connection, values);
        rates(connection, values);
        values.put("skmem", "(r%d,rb%d,t%d,tb%d)".formatted(connection.receiveMemory(), connection.receiveBuffer(),
                connection.sendMemory(), connection.sendBuffer()));
        putIfSet(values, "link", positive(connection.link()));
        values.put("engine", connection.engine());
        values.put("handle", Long.toHexString(connection.handle()));
        return values;
    }

    private static void queues(final ObservedConnection connection, final Map<String, Object> values) {
        values.put("snd_wnd", connection.sendWindow());
        values.put("rcv_wnd", connection.receiveWindow());
        putIfSet(values, "unacked", positive(connection.unackedBytes()));
        putIfSet(values, "notsent", positive(connection.notSentBytes()));
        putIfSet(values, "sacked", positive(connection.sackedBytes()));
        putIfSet(values, "lost", positive(connection.lostBytes()));
        if (connection.totalRetransmits() != 0) {
            values.put("retrans", connection.retransmittedBytes() + "/" + connection.totalRetransmits());
        }
        putIfSet(values, "timeouts", positive(connection.timeouts()));
        putIfSet(values, "probes", positive(connection.probes()));
        values.put("recovery", connection.has(ConnectionRecord.FLAG_IN_RECOVERY));
        if (connection.has(ConnectionRecord.FLAG_REORDERING_SEEN)) {
            values.put("reordering", connection.reorderingDegree());
        }
        if (connection.limitedBy() != Limit.NOTHING) {
            values.put("limited_by", connection.limitedBy().name().toLowerCase(Locale.ROOT));
        }
    }

    private static void rates(final ObservedConnection connection, final Map<String, Object> values) {
        values.put("delivered", connection.deliveredBytes());
        putIfSet(values, "delivery_rate", connection.deliveryRate() == 0
                ? ""
                : connection.deliveryRate() * Byte.SIZE + "bps"
                        + (connection.has(ConnectionRecord.FLAG_RATE_APPLICATION_LIMITED) ? ",app_limited" : ""));
        putIfSet(values, "pacing_rate",
                connection.pacingRate() == 0 ? "" : connection.pacingRate() * Byte.SIZE + "bps");
        if (connection.sinceSentNs() >= 0) {
            values.put("lastsnd", duration(connection.sinceSentNs()));
        }
        values.put("lastrcv", duration(connection.sinceReceivedNs()));
    }

    private static String positive(final int value) {
        return value == 0 ? "" : Integer.toString(value);
    }

    private static void putIfSet(final Map<String, Object> values, final String name, final String value) {
        if (!value.isEmpty()) {
            values.put(name, value);
        }
    }

    /** {@code 1.5ms}, {@code 40ms}, {@code 60s}. */
    static String duration(final long ns) {
        if (ns >= 10_000_000_000L) {
            return ns / 1_000_000_000L + "s";
        }
        final long us = ns / 1_000;
        if (us >= 10_000 || us % 1_000 == 0) {
            return us / 1_000 + "ms";
        }
        return String.format(Locale.ROOT, "%.3fms", us / 1e3);
    }

    /** All there is, by names of their own, in nanoseconds and bytes. */
    static Map<String, Object> json(final ObservedConnection connection) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", connection.state().name());
        json.put("local-address", IpAddress.toString(connection.localAddress()));
        json.put("local-port", connection.localPort());
        json.put("remote-address", IpAddress.toString(connection.remoteAddress()));
        json.put("remote-port", connection.remotePort());
        json.put("link", connection.link());
        json.put("engine", connection.engine());
        json.put("owner", connection.owner().name().toLowerCase(Locale.ROOT));
        if (connection.owner() == Owner.APPLICATION) {
            json.put("owner-name", connection.ownerName());
        }
        for (final Timer timer : Timer.values()) {
            if (connection.timerNs(timer) >= 0) {
                json.put("timer-" + timer.name().toLowerCase(Locale.ROOT) + "-ns", connection.timerNs(timer));
            }
        }
        if (connection.handle() != 0) {
            jsonOfLiving(connection, json);
        }
        return json;
    }

    private static void jsonOfLiving(final ObservedConnection connection, final Map<String, Object> json) {
        json.put("handle", connection.handle());
        json.put("congestion-control", connection.congestionControl());
        json.put("timestamps", connection.has(ConnectionRecord.FLAG_TIMESTAMPS));
        json.put("sack", connection.has(ConnectionRecord.FLAG_SACK));
        json.put("ecn", connection.has(ConnectionRecord.FLAG_ECN));
        json.put("rto-ns", connection.rtoNs());
        json.put("srtt-ns", connection.srttNs());
        json.put("rttvar-ns", connection.rttvarNs());
        json.put("min-rtt-ns", connection.minRttNs());
        json.put("mss", connection.sendMss());
        json.put("path-mtu", connection.pathMtu());
        json.put("congestion-window", connection.congestionWindow());
        json.put("slow-start-threshold", connection.slowStartThreshold());
        json.put("send-window", connection.sendWindow());
        json.put("receive-window", connection.receiveWindow());
        json.put("send-buffer", connection.sendBuffer());
        json.put("receive-buffer", connection.receiveBuffer());
        json.put("send-memory", connection.sendMemory());
        json.put("receive-memory", connection.receiveMemory());
        json.put("unread", connection.unreadBytes());
        json.put("not-sent", connection.notSentBytes());
        json.put("unacked", connection.unackedBytes());
        json.put("sacked", connection.sackedBytes());
        json.put("lost", connection.lostBytes());
        json.put("retransmitted", connection.retransmittedBytes());
        json.put("total-retransmits", connection.totalRetransmits());
        json.put("timeouts", connection.timeouts());
        json.put("probes", connection.probes());
        json.put("delivered", connection.deliveredBytes());
        json.put("delivery-rate", connection.deliveryRate());
        json.put("pacing-rate", connection.pacingRate());
        json.put("limited-by", connection.limitedBy().name().toLowerCase(Locale.ROOT));
        json.put("since-sent-ns", connection.sinceSentNs());
        json.put("since-received-ns", connection.sinceReceivedNs());
    }
}
