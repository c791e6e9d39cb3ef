package io.millrace.fastpath.tcp;

/**
 * The setters of {@link TcpSettings.Builder}. Each sets what the method of its name in {@link TcpSettings} tells, which
 * says what it means, and its unit and range. Thread: one.
 */
public abstract sealed class TcpSettingsBuilder permits TcpSettings.Builder {
    final TcpSettingsValues values;

    TcpSettingsBuilder(final TcpSettingsValues values) {
        this.values = values;
    }

    abstract TcpSettings.Builder self();

    public TcpSettings.Builder mss(final int value) {
        values.mss = value;
        return self();
    }

    public TcpSettings.Builder receiveBuffer(final int value) {
        values.receiveBuffer = value;
        return self();
    }

    public TcpSettings.Builder sendBuffer(final int value) {
        values.sendBuffer = value;
        return self();
    }

    public TcpSettings.Builder autotune(final boolean value) {
        values.autotune = value;
        return self();
    }

    public TcpSettings.Builder initialReceiveBuffer(final int value) {
        values.initialReceiveBuffer = value;
        return self();
    }

    public TcpSettings.Builder initialSendBuffer(final int value) {
        values.initialSendBuffer = value;
        return self();
    }

    public TcpSettings.Builder receiveBufferLocked(final boolean value) {
        values.receiveBufferLocked = value;
        return self();
    }

    public TcpSettings.Builder sendBufferLocked(final boolean value) {
        values.sendBufferLocked = value;
        return self();
    }

    public TcpSettings.Builder outOfOrderRanges(final int value) {
        values.outOfOrderRanges = value;
        return self();
    }

    public TcpSettings.Builder trafficClass(final int value) {
        values.trafficClass = value;
        return self();
    }

    public TcpSettings.Builder notSentLowWater(final long value) {
        values.notSentLowWater = value;
        return self();
    }

    public TcpSettings.Builder zeroCopySend(final int value) {
        values.zeroCopySend = value;
        return self();
    }

    public TcpSettings.Builder zeroCopyReceive(final int value) {
        values.zeroCopyReceive = value;
        return self();
    }

    public TcpSettings.Builder noDelay(final boolean value) {
        values.noDelay = value;
        return self();
    }

    public TcpSettings.Builder pushPolicy(final TcpSettings.PushPolicy value) {
        values.pushPolicy = value;
        return self();
    }

    public TcpSettings.Builder delayedAckNs(final long value) {
        values.delayedAckNs = value;
        return self();
    }

    public TcpSettings.Builder ackPolicy(final TcpSettings.AckPolicy value) {
        values.ackPolicy = value;
        return self();
    }

    public TcpSettings.Builder windowScaling(final boolean value) {
        values.windowScaling = value;
        return self();
    }

    public TcpSettings.Builder windowScale(final int value) {
        values.windowScale = value;
        return self();
    }

    public TcpSettings.Builder sack(final boolean value) {
        values.sack = value;
        return self();
    }

    public TcpSettings.Builder timestamps(final boolean value) {
        values.timestamps = value;
        return self();
    }

    public TcpSettings.Builder ecn(final TcpSettings.Ecn value) {
        values.ecn = value;
        return self();
    }

    public TcpSettings.Builder optionOrder(final TcpSettings.OptionOrder value) {
        values.optionOrder = value;
        return self();
    }

    public TcpSettings.Builder fastOpen(final boolean value) {
        values.fastOpen = value;
        return self();
    }

    public TcpSettings.Builder fastOpenQueue(final int value) {
        values.fastOpenQueue = value;
        return self();
    }

    public TcpSettings.Builder rtoInitialNs(final long value) {
        values.rtoInitialNs = value;
        return self();
    }

    public TcpSettings.Builder rtoMinNs(final long value) {
        values.rtoMinNs = value;
        return self();
    }

    public TcpSettings.Builder rtoMaxNs(final long value) {
        values.rtoMaxNs = value;
        return self();
    }

    public TcpSettings.Builder retries(final int value) {
        values.retries = value;
        return self();
    }

    public TcpSettings.Builder userTimeoutNs(final long value) {
        values.userTimeoutNs = value;
        return self();
    }

    public TcpSettings.Builder synRetries(final int value) {
        values.synRetries = value;
        return self();
    }

    public TcpSettings.Builder synAckRetries(final int value) {
        values.synAckRetries = value;
        return self();
    }

    public TcpSettings.Builder keepAlive(final boolean value) {
        values.keepAlive = value;
        return self();
    }

    public TcpSettings.Builder keepAliveIdleNs(final long value) {
        values.keepAliveIdleNs = value;
        return self();
    }

    public TcpSettings.Builder keepAliveIntervalNs(final long value) {
        values.keepAliveIntervalNs = value;
        return self();
    }

    public TcpSettings.Builder keepAliveProbes(final int value) {
        values.keepAliveProbes = value;
        return self();
    }

    public TcpSettings.Builder finInClosing(final TcpSettings.FinInClosing value) {
        values.finInClosing = value;
        return self();
    }

    public TcpSettings.Builder finWait2TimeoutNs(final long value) {
        values.finWait2TimeoutNs = value;
        return self();
    }

    public TcpSettings.Builder mslNs(final long value) {
        values.mslNs = value;
        return self();
    }

    public TcpSettings.Builder timeWaitReuse(final boolean value) {
        values.timeWaitReuse = value;
        return self();
    }

    public TcpSettings.Builder congestionControl(final String value) {
        values.congestionControl = value;
        return self();
    }

    public TcpSettings.Builder initialWindow(final int value) {
        values.initialWindow = value;
        return self();
    }

    public TcpSettings.Builder slowStartAfterIdle(final boolean value) {
        values.slowStartAfterIdle = value;
        return self();
    }

    public TcpSettings.Builder pacing(final boolean value) {
        values.pacing = value;
        return self();
    }

    public TcpSettings.Builder maxPacingRate(final long value) {
        values.maxPacingRate = value;
        return self();
    }

    public TcpSettings.Builder rack(final boolean value) {
        values.rack = value;
        return self();
    }

    public TcpSettings.Builder tailLossProbe(final boolean value) {
        values.tailLossProbe = value;
        return self();
    }

    public TcpSettings.Builder idleTimeoutNs(final long value) {
        values.idleTimeoutNs = value;
        return self();
    }

    public TcpSettings.Builder mtuProbing(final TcpSettings.MtuProbing value) {
        values.mtuProbing = value;
        return self();
    }

    public TcpSettings.Builder forwardRtoRecovery(final boolean value) {
        values.forwardRtoRecovery = value;
        return self();
    }
}
