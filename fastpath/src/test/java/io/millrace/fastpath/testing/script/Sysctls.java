package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.testing.StandInListener.Cookies;
import io.millrace.fastpath.testing.socket.Setup;
import io.millrace.fastpath.testing.socket.Setup.Overload;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** What Linux's sysctls are as settings of a connection. A further one is a line. */
final class Sysctls {
    private static final long SECOND = 1_000_000_000L;
    private static final long MICROSECOND = 1_000L;
    private static final String IPV4 = "net.ipv4.";
    private static final Map<String, BiFunction<TcpSettings.Builder, String, TcpSettings.Builder>> KNOWN = new TreeMap<>();
    private static final Map<String, BiFunction<Overload, Integer, Overload>> LISTENERS = new TreeMap<>(Map.of(
            "tcp_syncookies",
            (overload, value) -> new Overload(Cookies.values()[value], overload.abortsOnOverflow()),
            "tcp_abort_on_overflow", (overload, value) -> new Overload(overload.cookies(), value != 0)));
    /** No packet of a script depends on these. */
    private static final Set<String> IGNORED = Set.of("tcp_no_metrics_save", "tcp_min_tso_segs", "tcp_autocorking",
            "tcp_max_syn_backlog", "tcp_limit_output_bytes",
            "tcp_tso_win_divisor", "tcp_notsent_lowat", "tcp_mem", "tcp_dsack", "tcp_fastopen",
            "tcp_thin_linear_timeouts", "tcp_tw_reuse", "tcp_invalid_ratelimit", "tcp_challenge_ack_limit",
            "ip_local_port_range", "tcp_pacing_ss_ratio", "tcp_pacing_ca_ratio", "tcp_fastopen_key",
            "tcp_fastopen_blackhole_timeout_sec", "tcp_fack", "tcp_ecn_fallback", "tcp_min_snd_mss",
            "tcp_allowed_congestion_control", "tcp_reordering", "tcp_max_reordering",
            "tcp_adv_win_scale", "tcp_backlog_ack_defer", "tcp_shrink_window");

    static {
        number("tcp_window_scaling", (tcp, value) -> tcp.windowScaling(value != 0));
        number("tcp_syn_retries", (tcp, value) -> tcp.synRetries(value.intValue()));
        number("tcp_synack_retries", (tcp, value) -> tcp.synAckRetries(value.intValue()));
        number("tcp_retries2", (tcp, value) -> tcp.retries(value.intValue()));
        number("tcp_fin_timeout", (tcp, value) -> tcp.finWait2TimeoutNs(value * SECOND));
        number("tcp_keepalive_time", (tcp, value) -> tcp.keepAliveIdleNs(value * SECOND));
        number("tcp_keepalive_intvl", (tcp, value) -> tcp.keepAliveIntervalNs(value * SECOND));
        number("tcp_keepalive_probes", (tcp, value) -> tcp.keepAliveProbes(value.intValue()));
        number("tcp_rto_min_us", (tcp, value) -> tcp.rtoMinNs(value * MICROSECOND));
        KNOWN.put("tcp_congestion_control",
                (tcp, value) -> tcp.congestionControl(value.equals("reno") ? "newreno" : value));
        // least, at the start, most
        KNOWN.put("tcp_rmem",
                (tcp, value) -> tcp.initialReceiveBuffer(number(value, 1)).receiveBuffer(number(value, 2)));
        KNOWN.put("tcp_wmem", (tcp, value) -> tcp.initialSendBuffer(number(value, 1)).sendBuffer(number(value, 2)));
        number("tcp_moderate_rcvbuf", (tcp, value) -> tcp.autotune(value != 0));
        number("tcp_sack", (tcp, value) -> tcp.sack(value != 0));
        number("tcp_timestamps", (tcp, value) -> tcp.timestamps(value != 0));
        number("tcp_ecn", (tcp, value) -> tcp.ecn(Ecn.values()[Math.toIntExact(value)]));
        number("tcp_frto", (tcp, value) -> tcp.forwardRtoRecovery(value != 0));
        number("tcp_mtu_probing", (tcp, value) -> tcp.mtuProbing(MtuProbing.values()[Math.toIntExact(value)]));
        number("tcp_recovery", (tcp, value) -> tcp.rack((value & 1) != 0));
        number("tcp_early_retrans", (tcp, value) -> tcp.tailLossProbe(value != 0));
        number("tcp_slow_start_after_idle", (tcp, value) -> tcp.slowStartAfterIdle(value != 0));
    }

    private Sysctls() {}

    private static void number(final String name,
            final BiFunction<TcpSettings.Builder, Long, TcpSettings.Builder> setting) {
        KNOWN.put(name, (tcp, value) -> setting.apply(tcp, Long.parseLong(value)));
    }

    private static int number(final String values, final int index) {
        return Integer.parseInt(values.split("\\s+")[index]);
    }

    /** What packetdrill's scripts for Linux begin with ({@code ./defaults.sh}), as far as it shows in packets. */
    static TcpSettings defaults(final TcpSettings before) {
        return before.toBuilder().initialReceiveBuffer(540_000).receiveBuffer(15 << 20).initialSendBuffer(1 << 18)
                .sendBuffer(4 << 20).synRetries(5).synAckRetries(5).ecn(Ecn.OFF).slowStartAfterIdle(false).build();
    }

    /** The setup with one setting changed. @throws ScriptSyntaxException for a name or value that is not known. */
    static Setup apply(final Setup before, final Commands.Place place, final String name, final String value) {
        final String key = name.startsWith(IPV4) ? name.substring(IPV4.length()) : name;
        final var setting = KNOWN.get(key);
        final var ofListeners = LISTENERS.get(key);
        if (setting != null || ofListeners != null) {
            try {
                return setting != null
                        ? before.tcp(setting.apply(before.tcp().toBuilder(), value).build())
                        : before.overload(ofListeners.apply(before.overload(), Integer.parseInt(value)));
            } catch (final NumberFormatException | ArrayIndexOutOfBoundsException | ArithmeticException e) {
                throw place.error("sysctl " + name + "=" + value + ": no such value");
            }
        }
        if (IGNORED.contains(key) || name.startsWith("net.core.") || name.startsWith("net.mptcp.")) {
            return before;
        }
        throw place.error("sysctl " + name + ": not known; known are " + KNOWN.keySet() + ", "
                + LISTENERS.keySet() + " and, ignored, " + IGNORED);
    }
}
