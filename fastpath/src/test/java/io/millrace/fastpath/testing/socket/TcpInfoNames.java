package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.socket.Socket.Phase;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * {@code getsockopt(TCP_INFO)}: Linux's names and units (segments, microseconds) for what the stack knows. Adding a
 * field is a line.
 */
final class TcpInfoNames {
    /** Linux's numbers of the states, in the order of {@link TcpState}. */
    private static final int[] STATES = {7, 10, 2, 3, 1, 4, 5, 8, 11, 9, 6};
    private static final int CA_RECOVERY = 3;
    private static final int CA_LOSS = 4;
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    /** What Linux begins with. */
    private static final int REORDERING = 3;
    private static final int NO_THRESHOLD = 0x7FFF_FFFF;
    private static final Map<String, ToLongFunction<TcpInfo>> FIELDS = new TreeMap<>();

    static {
        FIELDS.put("tcpi_state", info -> number(info.state()));
        FIELDS.put("tcpi_ca_state", info -> info.inRecovery() ? info.timeouts() > 0 ? CA_LOSS : CA_RECOVERY : 0);
        FIELDS.put("tcpi_retransmits", TcpInfo::timeouts);
        FIELDS.put("tcpi_probes", TcpInfo::probes);
        FIELDS.put("tcpi_options", TcpInfoNames::options);
        FIELDS.put("tcpi_snd_wscale", TcpInfo::sendWindowShift);
        FIELDS.put("tcpi_rcv_wscale", TcpInfo::receiveWindowShift);
        FIELDS.put("tcpi_rto", info -> info.rtoNs() / MICROSECOND);
        FIELDS.put("tcpi_ato", info -> info.delayedAckNs() / MICROSECOND);
        FIELDS.put("tcpi_rtt", info -> info.srttNs() / MICROSECOND);
        FIELDS.put("tcpi_rttvar", info -> info.rttvarNs() / MICROSECOND);
        FIELDS.put("tcpi_min_rtt", info -> info.minRttNs() / MICROSECOND);
        FIELDS.put("tcpi_rcv_rtt", info -> info.receiveRttNs() / MICROSECOND);
        FIELDS.put("tcpi_snd_mss", TcpInfo::sendMss);
        FIELDS.put("tcpi_rcv_mss", TcpInfo::receiveMss);
        FIELDS.put("tcpi_advmss", TcpInfo::announcedMss);
        FIELDS.put("tcpi_pmtu", TcpInfo::pathMtu);
        FIELDS.put("tcpi_snd_cwnd", info -> info.congestionWindow() / Math.max(1, info.sendMss()));
        FIELDS.put("tcpi_snd_ssthresh", info -> info.slowStartThreshold() >= 1 << 30
                ? NO_THRESHOLD
                : info.slowStartThreshold() / Math.max(1, info.sendMss()));
        FIELDS.put("tcpi_snd_wnd", TcpInfo::sendWindow);
        FIELDS.put("tcpi_rcv_wnd", TcpInfo::receiveWindow);
        FIELDS.put("tcpi_rcv_space", TcpInfo::receiveSpace);
        FIELDS.put("tcpi_notsent_bytes", TcpInfo::notSentBytes);
        FIELDS.put("tcpi_unacked", info -> segments(info, info.unackedBytes()));
        FIELDS.put("tcpi_sacked", info -> segments(info, info.sackedBytes()));
        FIELDS.put("tcpi_lost", info -> segments(info, info.lostBytes()));
        FIELDS.put("tcpi_retrans", info -> segments(info, info.retransmittedBytes()));
        FIELDS.put("tcpi_total_retrans", TcpInfo::totalRetransmits);
        FIELDS.put("tcpi_reordering", info -> Math.max(REORDERING, info.reorderingDegree()));
        FIELDS.put("tcpi_reord_seen", info -> info.reorderingSeen() ? 1 : 0);
        FIELDS.put("tcpi_last_data_sent", info -> info.sinceSentNs() / MILLISECOND);
        FIELDS.put("tcpi_last_ack_recv", info -> info.sinceReceivedNs() / MILLISECOND);
        FIELDS.put("tcpi_pacing_rate", TcpInfo::pacingRate);
        FIELDS.put("tcpi_max_pacing_rate", TcpInfo::maxPacingRate);
        FIELDS.put("tcpi_delivered", info -> segments(info, info.deliveredBytes()));
        FIELDS.put("tcpi_delivery_rate", TcpInfo::deliveryRate);
        FIELDS.put("tcpi_delivery_rate_app_limited", info -> info.deliveryRateApplicationLimited() ? 1 : 0);
        FIELDS.put("tcpi_bytes_acked", TcpInfo::ackedBytes);
    }

    private TcpInfoNames() {}

    static Map<String, Long> of(final Socket socket, final TcpCalls tcp) {
        final Map<String, Long> named = new TreeMap<>();
        final TcpInfo info = new TcpInfo();
        if (tcp.info(socket.connection, info)) {
            FIELDS.forEach((name, field) -> named.put(name, field.applyAsLong(info)));
        } else {
            named.put("tcpi_state",
                    number(socket.phase == Phase.LISTENING ? TcpState.LISTEN : TcpState.CLOSED));
        }
        return named;
    }

    private static long options(final TcpInfo info) {
        return (info.timestamps() ? 1 : 0) | (info.sack() ? 2 : 0) | (info.windowScaling() ? 4 : 0)
                | (info.ecn() ? 8 : 0) | (info.fastOpen() ? 32 : 0);
    }

    /** Whole and broken segments. */
    private static long segments(final TcpInfo info, final long bytes) {
        final int mss = Math.max(1, info.sendMss());
        return (bytes + mss - 1) / mss;
    }

    /** Linux's number of a state, e.g. 1 for ESTABLISHED. */
    private static long number(final TcpState state) {
        return STATES[state.ordinal()];
    }
}
