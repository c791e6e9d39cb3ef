package io.millrace.fastpath.tcp;

import static io.millrace.fastpath.memory.Memory.putByte;
import static io.millrace.fastpath.memory.Memory.putInt;
import static io.millrace.fastpath.memory.Memory.putLong;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;

/**
 * Writes connections and records of TIME_WAIT into a mailbox, a bounded slice at a time. What begins or ends between two
 * slices may be missing or appear once more; each record in itself is as the connection was. Thread: the engine's.
 */
final class ConnectionReporter {
    /** Connections written at the most, and records looked at, in one slice. */
    private static final int CONNECTIONS_A_SLICE = 64;
    private static final int RECORDS_A_SLICE = 4_096;
    /** Set in a cursor: the connections are done, the rest is an index of a TIME_WAIT record. */
    private static final long TIME_WAITS = 1L << 32;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final InfoReader reader;
    private final TcpInfo info = new TcpInfo();

    ConnectionReporter(final TcpContext context, final InfoReader reader) {
        this.context = context;
        this.reader = reader;
        connections = context.connections;
    }

    /** Adds some records; returns where the next slice goes on, {@link Mailbox#END} after the last one. */
    long report(final Mailbox into) {
        final long cursor = into.cursor();
        final int index = (int) cursor;
        if (index < 0 || cursor >>> 33 != 0) {
            return Mailbox.END;
        }
        return cursor < TIME_WAITS ? reportConnections(index, into) : reportTimeWaits(index, into);
    }

    private long reportConnections(final int from, final Mailbox into) {
        final int highest = connections.highest();
        final int end = (int) Math.min(highest, (long) from + RECORDS_A_SLICE);
        int index = connections.nextInUse(from, end);
        for (int done = 0; index >= 0; done++) {
            if (done == CONNECTIONS_A_SLICE || into.isFull()) {
                return index;
            }
            final Tcb tcb = connections.wrap(index);
            if (tcb.generation() != 0 && !tcb.has(Tcb.DEAD)) {
                write(tcb, into.add());
            }
            index = connections.nextInUse(index + 1, end);
        }
        return end < highest ? end : TIME_WAITS;
    }

    private long reportTimeWaits(final int from, final Mailbox into) {
        final TimeWaitTable table = connections.timeWait();
        final int highest = table.highest();
        final int end = (int) Math.min(highest, (long) from + RECORDS_A_SLICE);
        int index = table.next(from, end);
        for (int done = 0; index >= 0; done++) {
            if (done == CONNECTIONS_A_SLICE || into.isFull()) {
                return TIME_WAITS | index;
            }
            write(table, index, into.add());
            index = table.next(index + 1, end);
        }
        return end < highest ? TIME_WAITS | end : Mailbox.END;
    }

    private void write(final TimeWaitTable table, final int index, final long record) {
        putLong(record + ConnectionRecord.LOCAL_HI, table.localHi(index));
        putLong(record + ConnectionRecord.LOCAL_LO, table.localLo(index));
        putLong(record + ConnectionRecord.REMOTE_HI, table.remoteHi(index));
        putLong(record + ConnectionRecord.REMOTE_LO, table.remoteLo(index));
        putInt(record + ConnectionRecord.PORTS, table.ports(index));
        putByte(record + ConnectionRecord.STATE, TcpState.TIME_WAIT.ordinal());
        putByte(record + ConnectionRecord.OWNER, ConnectionRecord.OWNER_NONE);
        putByte(record + ConnectionRecord.TRAFFIC_CLASS, table.trafficClass(index));
        putByte(record + ConnectionRecord.LINK, context.ip.linkTo(table.remoteHi(index), table.remoteLo(index)));
        putInt(record + ConnectionRecord.FLAGS,
                table.hasTimestamps(index) ? ConnectionRecord.FLAG_TIMESTAMPS : 0);
        putLong(record + ConnectionRecord.TIMER_RETRANSMIT, ConnectionRecord.OFF);
        putLong(record + ConnectionRecord.TIMER_ACK, ConnectionRecord.OFF);
        putLong(record + ConnectionRecord.TIMER_LIFE, Math.max(0, table.endNs(index) - context.nowNs));
        putLong(record + ConnectionRecord.TIMER_OUTPUT, ConnectionRecord.OFF);
        putLong(record + ConnectionRecord.SINCE_SENT, ConnectionRecord.OFF);
        putLong(record + ConnectionRecord.SINCE_RECEIVED, ConnectionRecord.OFF);
    }

    private void write(final Tcb tcb, final long record) {
        reader.read(tcb, info);
        putLong(record + ConnectionRecord.LOCAL_HI, tcb.localHi());
        putLong(record + ConnectionRecord.LOCAL_LO, tcb.localLo());
        putLong(record + ConnectionRecord.REMOTE_HI, tcb.remoteHi());
        putLong(record + ConnectionRecord.REMOTE_LO, tcb.remoteLo());
        putInt(record + ConnectionRecord.PORTS, tcb.ports());
        putByte(record + ConnectionRecord.STATE, tcb.state());
        putByte(record + ConnectionRecord.LIMIT, info.limitedBy.ordinal());
        putByte(record + ConnectionRecord.TRAFFIC_CLASS, tcb.trafficClass());
        putInt(record + ConnectionRecord.FLAGS, flags(tcb));
        putByte(record + ConnectionRecord.SEND_SHIFT, info.sendWindowShift);
        putByte(record + ConnectionRecord.RECEIVE_SHIFT, info.receiveWindowShift);
        putByte(record + ConnectionRecord.LINK, context.ip.linkTo(tcb.remoteHi(), tcb.remoteLo()));
        putLong(record + ConnectionRecord.HANDLE, tcb.handle());
        putInt(record + ConnectionRecord.LISTENER, tcb.listener());
        writeTimes(tcb, record);
        writeSizes(record);
        writeQueues(tcb, record);
        writeOwner(tcb, record);
        writeText(info.congestionControl, record + ConnectionRecord.CONGESTION_CONTROL,
                ConnectionRecord.CONGESTION_CONTROL_LENGTH);
    }

    private int flags(final Tcb tcb) {
        return bit(info.timestamps, ConnectionRecord.FLAG_TIMESTAMPS) | bit(info.sack, ConnectionRecord.FLAG_SACK)
                | bit(info.windowScaling, ConnectionRecord.FLAG_WINDOW_SCALING)
                | bit(info.ecn, ConnectionRecord.FLAG_ECN) | bit(info.fastOpen, ConnectionRecord.FLAG_FAST_OPEN)
                | bit(info.inRecovery, ConnectionRecord.FLAG_IN_RECOVERY)
                | bit(info.reorderingSeen, ConnectionRecord.FLAG_REORDERING_SEEN)
                | bit(info.deliveryRateApplicationLimited, ConnectionRecord.FLAG_RATE_APPLICATION_LIMITED)
                | bit(tcb.has(Tcb.NO_DELAY), ConnectionRecord.FLAG_NO_DELAY)
                | bit(tcb.has(Tcb.CORK), ConnectionRecord.FLAG_CORK)
                | bit(tcb.has(Tcb.KEEP_ALIVE), ConnectionRecord.FLAG_KEEP_ALIVE)
                | bit(tcb.has(Tcb.PROBING), ConnectionRecord.FLAG_PROBING);
    }

    private static int bit(final boolean set, final int bit) {
        return set ? bit : 0;
    }

    private void writeTimes(final Tcb tcb, final long record) {
        putLong(record + ConnectionRecord.TIMER_RETRANSMIT, untilTimer(tcb, Tcb.TIMER_RETRANSMIT));
        putLong(record + ConnectionRecord.TIMER_ACK, untilTimer(tcb, Tcb.TIMER_ACK));
        putLong(record + ConnectionRecord.TIMER_LIFE, untilTimer(tcb, Tcb.TIMER_LIFE));
        putLong(record + ConnectionRecord.TIMER_OUTPUT, untilTimer(tcb, Tcb.TIMER_OUTPUT));
        putLong(record + ConnectionRecord.RTO, info.rtoNs);
        putLong(record + ConnectionRecord.SRTT, info.srttNs);
        putLong(record + ConnectionRecord.RTTVAR, info.rttvarNs);
        putLong(record + ConnectionRecord.MIN_RTT, info.minRttNs);
        putLong(record + ConnectionRecord.RECEIVE_RTT, info.receiveRttNs);
        putLong(record + ConnectionRecord.SINCE_SENT, info.sinceSentNs);
        putLong(record + ConnectionRecord.SINCE_RECEIVED, info.sinceReceivedNs);
    }

    private long untilTimer(final Tcb tcb, final int timer) {
        final long deadlineNs = context.timers.deadline(tcb.timer(timer));
        return deadlineNs == Long.MAX_VALUE ? ConnectionRecord.OFF : Math.max(0, deadlineNs - context.nowNs);
    }

    private void writeSizes(final long record) {
        putInt(record + ConnectionRecord.SEND_MSS, info.sendMss);
        putInt(record + ConnectionRecord.RECEIVE_MSS, info.receiveMss);
        putInt(record + ConnectionRecord.ANNOUNCED_MSS, info.announcedMss);
        putInt(record + ConnectionRecord.PATH_MTU, info.pathMtu);
        putInt(record + ConnectionRecord.CONGESTION_WINDOW, info.congestionWindow);
        putInt(record + ConnectionRecord.SLOW_START_THRESHOLD, info.slowStartThreshold);
        putInt(record + ConnectionRecord.SEND_WINDOW, info.sendWindow);
        putInt(record + ConnectionRecord.RECEIVE_WINDOW, info.receiveWindow);
        putInt(record + ConnectionRecord.SEND_BUFFER, info.sendBuffer);
        putInt(record + ConnectionRecord.RECEIVE_BUFFER, info.receiveBuffer);
        putLong(record + ConnectionRecord.PACING_RATE, info.pacingRate);
        putLong(record + ConnectionRecord.DELIVERED, info.deliveredBytes);
        putLong(record + ConnectionRecord.DELIVERY_RATE, info.deliveryRate);
    }

    private void writeQueues(final Tcb tcb, final long record) {
        putInt(record + ConnectionRecord.UNREAD, info.unreadBytes);
        putInt(record + ConnectionRecord.NOT_SENT, info.notSentBytes);
        putInt(record + ConnectionRecord.UNACKED, info.unackedBytes);
        putInt(record + ConnectionRecord.SACKED, info.sackedBytes);
        putInt(record + ConnectionRecord.LOST, info.lostBytes);
        putInt(record + ConnectionRecord.RETRANSMITTED, info.retransmittedBytes);
        putInt(record + ConnectionRecord.TOTAL_RETRANSMITS, info.totalRetransmits);
        putInt(record + ConnectionRecord.TIMEOUTS, info.timeouts);
        putInt(record + ConnectionRecord.PROBES, info.probes);
        putInt(record + ConnectionRecord.REORDERING_DEGREE, info.reorderingDegree);
        putInt(record + ConnectionRecord.SEND_MEMORY, tcb.sndRing() == 0 ? 0 : tcb.sndCapacity());
        putInt(record + ConnectionRecord.RECEIVE_MEMORY, tcb.rcvRing() == 0 ? 0 : tcb.rcvCapacity());
    }

    private void writeOwner(final Tcb tcb, final long record) {
        final Object attachment = connections.attachment(tcb);
        if (attachment instanceof final ConnectionHandler handler) {
            putByte(record + ConnectionRecord.OWNER, ConnectionRecord.OWNER_APPLICATION);
            writeText(handler.owner(), record + ConnectionRecord.OWNER_NAME, ConnectionRecord.OWNER_NAME_LENGTH);
        } else if (tcb.has(Tcb.UNACCEPTED)) {
            putByte(record + ConnectionRecord.OWNER, ConnectionRecord.OWNER_ACCEPT_QUEUE);
        } else if (attachment instanceof ListenerPolicy) {
            putByte(record + ConnectionRecord.OWNER, ConnectionRecord.OWNER_LISTENER);
        }
    }

    /** The end of a text that is too long: of a class name that is the part that matters. */
    private static void writeText(final String text, final long address, final int most) {
        final int skipped = Math.max(0, text.length() - most);
        for (int i = skipped; i < text.length(); i++) {
            final char character = text.charAt(i);
            putByte(address + i - skipped, character >= ' ' && character < 0x7F ? character : '?');
        }
    }
}
