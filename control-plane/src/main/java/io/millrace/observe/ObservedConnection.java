package io.millrace.observe;

import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.tcp.TcpInfo.Limit;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One connection, or record of TIME_WAIT, as it was when asked: state, queues, timers, what {@code tcp_info} tells, memory
 * and owner. Times are nanoseconds, sizes bytes, rates bytes a second. Immutable. Thread: any.
 */
public final class ObservedConnection {
    private final int engine;
    private final ByteBuffer record;

    ObservedConnection(final int engine, final ByteBuffer record) {
        this.engine = engine;
        this.record = record;
    }

    /** The timers of a connection. */
    public enum Timer {
        /** Retransmission. */
        RETRANSMIT(ConnectionRecord.TIMER_RETRANSMIT),
        /** Delayed acknowledgement. */
        ACKNOWLEDGE(ConnectionRecord.TIMER_ACK),
        /** Keepalive, or the end of FIN_WAIT_2 or TIME_WAIT. */
        LIFE(ConnectionRecord.TIMER_LIFE),
        /** Sending may be tried again: memory was short, or pacing pauses. */
        OUTPUT(ConnectionRecord.TIMER_OUTPUT);

        private final int offset;

        Timer(final int offset) {
            this.offset = offset;
        }
    }

    /** Who has a connection. */
    public enum Owner {
        /** Nobody: it finishes alone, or is a record of TIME_WAIT. */
        NOBODY,
        /** An application. */
        APPLICATION,
        /** It waits to be accepted. */
        ACCEPT_QUEUE,
        /** A listener, until the handshake is over. */
        LISTENER
    }

    /** Which engine of the stack has it. */
    public int engine() {
        return engine;
    }

    public TcpState state() {
        return TcpState.of(Math.clamp(record.get(ConnectionRecord.STATE), 0, TcpState.values().length - 1));
    }

    public InetAddress localAddress() {
        return IpAddress.toInetAddress(longAt(ConnectionRecord.LOCAL_HI), longAt(ConnectionRecord.LOCAL_LO));
    }

    public InetAddress remoteAddress() {
        return IpAddress.toInetAddress(longAt(ConnectionRecord.REMOTE_HI), longAt(ConnectionRecord.REMOTE_LO));
    }

    public int localPort() {
        return intAt(ConnectionRecord.PORTS) >>> 16;
    }

    public int remotePort() {
        return intAt(ConnectionRecord.PORTS) & 0xFFFF;
    }

    /** {@code 10.0.0.2:80}, {@code [fe80::1]:80}. */
    public String local() {
        return text(ConnectionRecord.LOCAL_HI, ConnectionRecord.LOCAL_LO, localPort());
    }

    /** The peer's end, as {@link #local}. */
    public String remote() {
        return text(ConnectionRecord.REMOTE_HI, ConnectionRecord.REMOTE_LO, remotePort());
    }

    private String text(final int hi, final int lo, final int port) {
        return IpAddress.toString(longAt(hi), longAt(lo), port);
    }

    /** The link that leads to the peer now: 0 for the first port of the stack, then those of {@code millrace.ports}. */
    public int link() {
        return Byte.toUnsignedInt(record.get(ConnectionRecord.LINK));
    }

    /** What the application calls the connection; 0 in TIME_WAIT. */
    public long handle() {
        return longAt(ConnectionRecord.HANDLE);
    }

    public Owner owner() {
        return Owner.values()[record.get(ConnectionRecord.OWNER) & 3];
    }

    /** What the application calls itself; empty where there is none. */
    public String ownerName() {
        return ascii(ConnectionRecord.OWNER_NAME, ConnectionRecord.OWNER_NAME_LENGTH);
    }

    /** Id of the listener that made it; 0 for an active open. */
    public int listener() {
        return intAt(ConnectionRecord.LISTENER);
    }

    /** Time until a timer fires; -1 where it is off. */
    public long timerNs(final Timer timer) {
        return longAt(timer.offset);
    }

    public long rtoNs() {
        return longAt(ConnectionRecord.RTO);
    }

    public long srttNs() {
        return longAt(ConnectionRecord.SRTT);
    }

    public long rttvarNs() {
        return longAt(ConnectionRecord.RTTVAR);
    }

    public long minRttNs() {
        return longAt(ConnectionRecord.MIN_RTT);
    }

    public long receiveRttNs() {
        return longAt(ConnectionRecord.RECEIVE_RTT);
    }

    /** Since data was sent; -1: none was. */
    public long sinceSentNs() {
        return longAt(ConnectionRecord.SINCE_SENT);
    }

    public long sinceReceivedNs() {
        return longAt(ConnectionRecord.SINCE_RECEIVED);
    }

    public int sendMss() {
        return intAt(ConnectionRecord.SEND_MSS);
    }

    public int receiveMss() {
        return intAt(ConnectionRecord.RECEIVE_MSS);
    }

    public int announcedMss() {
        return intAt(ConnectionRecord.ANNOUNCED_MSS);
    }

    public int pathMtu() {
        return intAt(ConnectionRecord.PATH_MTU);
    }

    public int congestionWindow() {
        return intAt(ConnectionRecord.CONGESTION_WINDOW);
    }

    /** 1 GiB and more: none yet. */
    public int slowStartThreshold() {
        return intAt(ConnectionRecord.SLOW_START_THRESHOLD);
    }

    public int sendWindow() {
        return intAt(ConnectionRecord.SEND_WINDOW);
    }

    public int receiveWindow() {
        return intAt(ConnectionRecord.RECEIVE_WINDOW);
    }

    public int sendBuffer() {
        return intAt(ConnectionRecord.SEND_BUFFER);
    }

    public int receiveBuffer() {
        return intAt(ConnectionRecord.RECEIVE_BUFFER);
    }

    /** Received and not taken by the application (ss: Recv-Q). */
    public int unreadBytes() {
        return intAt(ConnectionRecord.UNREAD);
    }

    public int notSentBytes() {
        return intAt(ConnectionRecord.NOT_SENT);
    }

    public int unackedBytes() {
        return intAt(ConnectionRecord.UNACKED);
    }

    /** Given by the application and not acknowledged by the peer (ss: Send-Q). */
    public long queuedBytes() {
        return (long) notSentBytes() + unackedBytes();
    }

    public int sackedBytes() {
        return intAt(ConnectionRecord.SACKED);
    }

    public int lostBytes() {
        return intAt(ConnectionRecord.LOST);
    }

    public int retransmittedBytes() {
        return intAt(ConnectionRecord.RETRANSMITTED);
    }

    /** Segments sent again in the connection's life. */
    public int totalRetransmits() {
        return intAt(ConnectionRecord.TOTAL_RETRANSMITS);
    }

    /** Retransmission timeouts in a row. */
    public int timeouts() {
        return intAt(ConnectionRecord.TIMEOUTS);
    }

    public int probes() {
        return intAt(ConnectionRecord.PROBES);
    }

    public int reorderingDegree() {
        return intAt(ConnectionRecord.REORDERING_DEGREE);
    }

    /** Memory held to send from. */
    public int sendMemory() {
        return intAt(ConnectionRecord.SEND_MEMORY);
    }

    /** Memory held to receive into. */
    public int receiveMemory() {
        return intAt(ConnectionRecord.RECEIVE_MEMORY);
    }

    public int sendWindowShift() {
        return record.get(ConnectionRecord.SEND_SHIFT);
    }

    public int receiveWindowShift() {
        return record.get(ConnectionRecord.RECEIVE_SHIFT);
    }

    public int trafficClass() {
        return record.get(ConnectionRecord.TRAFFIC_CLASS) & 0xFF;
    }

    /** 0: not paced. */
    public long pacingRate() {
        return longAt(ConnectionRecord.PACING_RATE);
    }

    public long deliveredBytes() {
        return longAt(ConnectionRecord.DELIVERED);
    }

    public long deliveryRate() {
        return longAt(ConnectionRecord.DELIVERY_RATE);
    }

    /** What keeps more from being sent. */
    public Limit limitedBy() {
        return Limit.values()[Math.clamp(record.get(ConnectionRecord.LIMIT), 0, Limit.values().length - 1)];
    }

    /** Name of the congestion control; empty in TIME_WAIT. */
    public String congestionControl() {
        return ascii(ConnectionRecord.CONGESTION_CONTROL, ConnectionRecord.CONGESTION_CONTROL_LENGTH);
    }

    /** True where one of {@code FLAG_...} of {@link ConnectionRecord} is set. */
    public boolean has(final int flag) {
        return (intAt(ConnectionRecord.FLAGS) & flag) != 0;
    }

    /** {@code ESTABLISHED 10.0.0.2:80 10.0.0.1:40000}. */
    @Override
    public String toString() {
        return state() + " " + local() + ' ' + remote();
    }

    private long longAt(final int offset) {
        return record.getLong(offset);
    }

    private int intAt(final int offset) {
        return record.getInt(offset);
    }

    private String ascii(final int offset, final int length) {
        final byte[] bytes = new byte[length];
        record.get(offset, bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }
}
