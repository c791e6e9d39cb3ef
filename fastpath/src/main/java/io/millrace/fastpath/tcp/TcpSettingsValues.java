package io.millrace.fastpath.tcp;

import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.TcpSettings.FinInClosing;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.tcp.TcpSettings.OptionOrder;
import io.millrace.fastpath.tcp.TcpSettings.PushPolicy;
import java.util.concurrent.TimeUnit;

/**
 * The values of {@link TcpSettings}, at first the defaults. A builder changes its own copy, which nobody else sees: those
 * of settings never change. Thread: any.
 */
final class TcpSettingsValues implements Cloneable {
    // segments and buffers
    int mss;
    int receiveBuffer = 1 << 20;
    int sendBuffer = 1 << 20;
    boolean autotune = true;
    int initialReceiveBuffer = 131_072;
    int initialSendBuffer = 131_072;
    boolean receiveBufferLocked;
    boolean sendBufferLocked;
    int outOfOrderRanges = 4_000;
    int zeroCopySend = 32_768;
    int zeroCopyReceive = 4_096;

    int trafficClass;

    // when text leaves and is acknowledged
    long notSentLowWater;
    boolean noDelay;
    PushPolicy pushPolicy = PushPolicy.BURST;
    long delayedAckNs = TimeUnit.MILLISECONDS.toNanos(40);
    AckPolicy ackPolicy = AckPolicy.QUICK;

    // what a SYN says
    boolean windowScaling = true;
    int windowScale = -1;
    boolean sack = true;
    boolean timestamps = true;
    Ecn ecn = Ecn.PASSIVE;
    OptionOrder optionOrder = OptionOrder.LINUX;
    boolean fastOpen;
    int fastOpenQueue = 256;

    // retransmission, and giving up
    long rtoInitialNs = TimeUnit.SECONDS.toNanos(1);
    long rtoMinNs = TimeUnit.MILLISECONDS.toNanos(200);
    long rtoMaxNs = TimeUnit.SECONDS.toNanos(120);
    int retries = 15;
    long userTimeoutNs;
    int synRetries = 6;
    int synAckRetries = 5;
    boolean keepAlive;
    long keepAliveIdleNs = TimeUnit.SECONDS.toNanos(7200);
    long keepAliveIntervalNs = TimeUnit.SECONDS.toNanos(75);
    int keepAliveProbes = 9;
    long idleTimeoutNs;

    // closing
    FinInClosing finInClosing = FinInClosing.TIMEOUT;
    long finWait2TimeoutNs = TimeUnit.SECONDS.toNanos(60);
    long mslNs = TimeUnit.SECONDS.toNanos(30);
    boolean timeWaitReuse = true;

    // congestion control and loss recovery
    String congestionControl = "cubic";
    int initialWindow = 10;
    boolean slowStartAfterIdle = true;
    boolean pacing;
    long maxPacingRate;
    boolean rack = true;
    boolean tailLossProbe = true;
    boolean forwardRtoRecovery = true;
    MtuProbing mtuProbing = MtuProbing.ON_BLACK_HOLE;

    TcpSettingsValues copy() {
        try {
            return (TcpSettingsValues) clone();
        } catch (final CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
