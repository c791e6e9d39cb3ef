package io.millrace.config;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.Ipv4Header;
import java.time.Duration;

/** Makes {@link TcpSettings} of a configuration. Thread: any. */
final class TcpValues {
    private static final int AUTO = -1;

    private final MillraceConfig config;
    private final TcpSettings.Builder builder = TcpSettings.DEFAULT.toBuilder();

    private TcpValues(final MillraceConfig config) {
        this.config = config;
    }

    static TcpSettings of(final MillraceConfig config) {
        final TcpValues values = new TcpValues(config);
        values.buffers();
        values.acknowledgements();
        values.timeouts();
        values.options();
        values.recovery();
        return values.builder.build();
    }

    private int bytes(final ConfigKey<Long> key) {
        return Math.toIntExact(config.get(key));
    }

    private long nanos(final ConfigKey<Duration> key) {
        return config.get(key).toNanos();
    }

    private void buffers() {
        builder.mss(bytes(TcpKeys.MSS)).receiveBuffer(bytes(TcpKeys.RECEIVE_BUFFER))
                .sendBuffer(bytes(TcpKeys.SEND_BUFFER)).autotune(config.get(TcpKeys.AUTOTUNE))
                .initialReceiveBuffer(bytes(TcpKeys.INITIAL_RECEIVE_BUFFER))
                .initialSendBuffer(bytes(TcpKeys.INITIAL_SEND_BUFFER))
                .zeroCopySend(bytes(TcpKeys.ZERO_COPY_SEND)).zeroCopyReceive(bytes(TcpKeys.ZERO_COPY_RECEIVE))
                .notSentLowWater(config.get(TcpKeys.NOT_SENT_LOW_WATER))
                .trafficClass(config.get(TcpKeys.TRAFFIC_CLASS) & ~Ipv4Header.ECN_MASK)
                .outOfOrderRanges(config.get(TcpKeys.OUT_OF_ORDER_RANGES));
    }

    private void acknowledgements() {
        builder.noDelay(config.get(TcpKeys.NO_DELAY)).delayedAckNs(nanos(TcpKeys.DELAYED_ACK))
                .ackPolicy(config.get(TcpKeys.ACK_POLICY)).pushPolicy(config.get(TcpKeys.PUSH_POLICY))
                .finInClosing(config.get(TcpKeys.FIN_IN_CLOSING));
    }

    private void timeouts() {
        builder.rtoInitialNs(nanos(TcpKeys.RTO_INITIAL)).rtoMinNs(nanos(TcpKeys.RTO_MIN))
                .rtoMaxNs(nanos(TcpKeys.RTO_MAX)).retries(config.get(TcpKeys.RETRIES))
                .userTimeoutNs(nanos(TcpKeys.USER_TIMEOUT)).synRetries(config.get(TcpKeys.SYN_RETRIES))
                .synAckRetries(config.get(TcpKeys.SYN_ACK_RETRIES)).mslNs(nanos(TcpKeys.MSL))
                .timeWaitReuse(config.get(TcpKeys.TIME_WAIT_REUSE))
                .finWait2TimeoutNs(nanos(TcpKeys.FIN_WAIT_2_TIMEOUT)).keepAlive(config.get(TcpKeys.KEEP_ALIVE))
                .keepAliveIdleNs(nanos(TcpKeys.KEEP_ALIVE_IDLE)).keepAliveIntervalNs(nanos(TcpKeys.KEEP_ALIVE_INTERVAL))
                .keepAliveProbes(config.get(TcpKeys.KEEP_ALIVE_PROBES)).idleTimeoutNs(nanos(TcpKeys.IDLE_TIMEOUT));
    }

    private void options() {
        builder.windowScaling(config.get(TcpOptionKeys.WINDOW_SCALING))
                .windowScale(config.get(TcpOptionKeys.WINDOW_SCALE).orElse(AUTO)).sack(config.get(TcpOptionKeys.SACK))
                .timestamps(config.get(TcpOptionKeys.TIMESTAMPS))
                .optionOrder(config.get(TcpOptionKeys.OPTION_ORDER)).ecn(config.get(TcpOptionKeys.ECN))
                .fastOpen(config.get(TcpOptionKeys.FAST_OPEN)).fastOpenQueue(config.get(TcpOptionKeys.FAST_OPEN_QUEUE));
    }

    private void recovery() {
        builder.congestionControl(config.get(TcpRecoveryKeys.CONGESTION_CONTROL))
                .initialWindow(config.get(TcpRecoveryKeys.INITIAL_WINDOW))
                .slowStartAfterIdle(config.get(TcpRecoveryKeys.SLOW_START_AFTER_IDLE))
                .pacing(config.get(TcpRecoveryKeys.PACING)).maxPacingRate(config.get(TcpRecoveryKeys.MAX_PACING_RATE))
                .rack(config.get(TcpRecoveryKeys.RACK)).tailLossProbe(config.get(TcpRecoveryKeys.TAIL_LOSS_PROBE))
                .forwardRtoRecovery(config.get(TcpRecoveryKeys.FORWARD_RTO_RECOVERY))
                .mtuProbing(config.get(TcpRecoveryKeys.MTU_PROBING));
    }
}
