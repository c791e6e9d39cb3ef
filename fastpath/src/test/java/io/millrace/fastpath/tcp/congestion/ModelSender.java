package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A sender for the {@link BottleneckModel}: selective acknowledgement of each packet, loss of what was sent three packets
 * before, PRR (RFC 9937), a retransmission timer, pacing, and the rate samples of draft-ietf-ccwg-bbr §4.1. It is no TCP:
 * it gives congestion control what a TCP would.
 */
final class ModelSender implements AutoCloseable {
    static final int MSS = 1_448;

    private static final int REORDERING = 3;
    private static final long MIN_RTO_NS = 200_000_000;
    private static final double NS_PER_SECOND = 1e9;

    /** A transmission; what the draft calls P. */
    static final class Packet {
        final ModelSender sender;
        final long segment;
        final long number;
        long sentNs;
        long delivered;
        long deliveredNs;
        long firstSentNs;
        int inFlight;
        long lost;
        boolean applicationLimited;

        Packet(final ModelSender sender, final long segment, final long number) {
            this.sender = sender;
            this.segment = segment;
            this.number = number;
        }

        int bytes() {
            return MSS;
        }
    }

    private final BottleneckModel path;
    private final CongestionControl control;
    private final Connection connection;
    private final Tcb tcb;
    /** Transmissions neither acknowledged nor lost, in order. */
    private final TreeMap<Long, Packet> outstanding = new TreeMap<>();
    /** Segments to be sent again. */
    private final TreeSet<Long> lostSegments = new TreeSet<>();
    /** Segments delivered beyond the first that is not. */
    private final TreeSet<Long> delivered = new TreeSet<>();
    private long nextSegment;
    private long nextNumber;
    private long una;
    private long lostBytes;
    private long deliveredNs;
    private long firstSentNs;
    private long appLimitedUntil;
    private long fullThrough = -1;
    private long recoverySegment = -1;
    private long prrDelivered;
    private long prrOut;
    private int prrFlight;
    private long nextSendNs;
    private boolean timerSet;
    private long timeoutNs = Long.MAX_VALUE;
    private long lastMinRttNs = Long.MAX_VALUE;
    /** What the application has written so far, in segments. */
    private double written = Double.POSITIVE_INFINITY;
    private double writtenPerSecond;
    private long writtenNs;

    ModelSender(final BottleneckModel path, final CongestionControl control) {
        this.path = path;
        this.control = control;
        connection = new Connection(control, MSS, -50_000_000 * ++path.connections, path.nowNs());
        tcb = connection.tcb;
        tcb.srttNs(0);
        if (!connection.establish()) {
            throw new IllegalStateException("no room");
        }
    }

    Tcb tcb() {
        return tcb;
    }

    long delivered() {
        return tcb.delivered();
    }

    /** The smallest round trip since this was asked last. */
    long minRttNs() {
        final long min = lastMinRttNs;
        lastMinRttNs = Long.MAX_VALUE;
        return min;
    }

    /** From now on the application writes at a rate; infinite: as much as can be sent. */
    void write(final double bytesPerSecond) {
        writtenPerSecond = bytesPerSecond / MSS;
        written = Double.isInfinite(bytesPerSecond) ? bytesPerSecond : nextSegment;
        writtenNs = path.nowNs();
        transmit();
    }

    private boolean hasData() {
        if (!Double.isInfinite(written)) {
            written += (path.nowNs() - writtenNs) / NS_PER_SECOND * writtenPerSecond;
            writtenNs = path.nowNs();
        }
        return !lostSegments.isEmpty() || written >= nextSegment + 1;
    }

    private int inFlight() {
        return outstanding.size() * MSS;
    }

    /** Sends what window and pacing allow. */
    void transmit() {
        while (hasData()) {
            if (inFlight() + MSS > tcb.cwnd()) {
                fullThrough = nextNumber;
                return;
            }
            if (control.needsPacing() && nextSendNs > path.nowNs()) {
                wakeAt(nextSendNs);
                return;
            }
            send();
        }
        appLimitedUntil = Math.max(1, tcb.delivered() + inFlight());
        if (writtenPerSecond > 0 && !Double.isInfinite(written)) {
            wakeAt(path.nowNs() + (long) ((nextSegment + 1 - written) / writtenPerSecond * NS_PER_SECOND) + 1);
        }
    }

    private void wakeAt(final long timeNs) {
        if (!timerSet) {
            timerSet = true;
            path.at(timeNs, () -> {
                timerSet = false;
                transmit();
            });
        }
    }

    private void send() {
        final long now = path.nowNs();
        if (una == nextSegment) {
            control.onTransmitStart(tcb, now);
        }
        if (outstanding.isEmpty()) {
            firstSentNs = now;
            deliveredNs = now;
        }
        final Packet packet = new Packet(this, lostSegments.isEmpty() ? nextSegment++ : lostSegments.pollFirst(),
                nextNumber++);
        outstanding.put(packet.number, packet);
        packet.sentNs = now;
        packet.delivered = tcb.delivered();
        packet.deliveredNs = deliveredNs;
        packet.firstSentNs = firstSentNs;
        packet.applicationLimited = appLimitedUntil != 0;
        packet.inFlight = inFlight();
        packet.lost = lostBytes;
        tcb.sndNxt(sequence(nextSegment));
        tcb.sndMax(tcb.sndNxt());
        prrOut += MSS;
        if (control.needsPacing()) {
            nextSendNs = Math.max(now, nextSendNs) + (long) (MSS * NS_PER_SECOND / control.pacingRate(tcb));
        }
        if (timeoutNs == Long.MAX_VALUE) {
            armTimeout();
        }
        path.arrive(packet);
    }

    private int sequence(final long segment) {
        return tcb.iss() + 1 + (int) (segment * MSS);
    }

    private void armTimeout() {
        final long dueNs = path.nowNs() + Math.max(MIN_RTO_NS, 2 * tcb.srttNs()) + MIN_RTO_NS;
        timeoutNs = dueNs;
        path.at(dueNs, () -> {
            if (timeoutNs == dueNs) {
                onTimeout();
            }
        });
    }

    private void onTimeout() {
        final int flight = (int) (nextSegment - una) * MSS;
        for (final Packet packet : outstanding.values()) {
            lose(packet);
        }
        outstanding.clear();
        tcb.clear(Tcb.RECOVERY);
        recoverySegment = -1;
        control.onTimeout(tcb, flight, path.nowNs());
        armTimeout();
        transmit();
    }

    private void lose(final Packet packet) {
        lostBytes += MSS;
        lostSegments.add(packet.segment);
        control.onSegmentLost(tcb, MSS, packet.inFlight, (int) (lostBytes - packet.lost), packet.applicationLimited,
                path.nowNs());
    }

    /** The acknowledgement of a packet. */
    void onAck(final Packet packet) {
        if (outstanding.remove(packet.number) == null) {
            return;
        }
        final AckSample sample = connection.sample;
        sample.reset(path.nowNs());
        sample.priorInFlight = inFlight() + MSS;
        measure(packet, sample);
        advance(packet, sample);
        detectLosses(packet, sample);
        rate(packet, sample);
        recover(sample);
        control.onAck(tcb, sample);
        if (outstanding.isEmpty()) {
            timeoutNs = Long.MAX_VALUE;
        } else {
            armTimeout();
        }
        transmit();
    }

    private void measure(final Packet packet, final AckSample sample) {
        sample.rttNs = path.nowNs() - packet.sentNs;
        lastMinRttNs = Math.min(lastMinRttNs, sample.rttNs);
        tcb.srttNs(tcb.srttNs() == 0 ? sample.rttNs : tcb.srttNs() + (sample.rttNs - tcb.srttNs()) / 8);
    }

    private void advance(final Packet packet, final AckSample sample) {
        sample.deliveredBytes = MSS;
        delivered.add(packet.segment);
        final long before = una;
        while (delivered.remove(una)) {
            una++;
        }
        sample.ackedBytes = (int) (una - before) * MSS;
        tcb.sndUna(sequence(una));
        tcb.delivered(tcb.delivered() + MSS);
        deliveredNs = path.nowNs();
        if (appLimitedUntil != 0 && tcb.delivered() > appLimitedUntil) {
            appLimitedUntil = 0;
        }
    }

    private void detectLosses(final Packet packet, final AckSample sample) {
        while (!outstanding.isEmpty() && outstanding.firstKey() <= packet.number - REORDERING) {
            lose(outstanding.pollFirstEntry().getValue());
            sample.lostBytes += MSS;
        }
        sample.inFlight = inFlight();
    }

    private void rate(final Packet packet, final AckSample sample) {
        sample.windowLimited = packet.number <= fullThrough;
        sample.priorDelivered = packet.delivered;
        sample.applicationLimited = packet.applicationLimited;
        sample.inFlightWhenSent = packet.inFlight;
        sample.lostSinceSent = (int) (lostBytes - packet.lost);
        sample.rateBytes = tcb.delivered() - packet.delivered;
        sample.intervalNs = Math.max(packet.sentNs - packet.firstSentNs, path.nowNs() - packet.deliveredNs);
        firstSentNs = packet.sentNs;
    }

    private void recover(final AckSample sample) {
        final boolean isRecovering = tcb.has(Tcb.RECOVERY);
        if (isRecovering && una >= recoverySegment) {
            tcb.clear(Tcb.RECOVERY);
            if (!control.ownsWindow()) {
                tcb.cwnd(tcb.ssthresh());
            }
            control.onRecovered(tcb, path.nowNs());
        } else if (!isRecovering && sample.lostBytes > 0 && una >= recoverySegment) {
            recoverySegment = nextSegment;
            prrFlight = sample.priorInFlight;
            prrDelivered = 0;
            prrOut = 0;
            control.onLoss(tcb, sample.priorInFlight, path.nowNs());
            tcb.set(Tcb.RECOVERY);
        }
        if (tcb.has(Tcb.RECOVERY) && !control.ownsWindow()) {
            proportionalRate(sample);
        }
    }

    /** RFC 9937. */
    private void proportionalRate(final AckSample sample) {
        prrDelivered += sample.deliveredBytes;
        final long count;
        if (sample.inFlight > tcb.ssthresh()) {
            count = (prrDelivered * tcb.ssthresh() + prrFlight - 1) / prrFlight - prrOut;
        } else {
            count = Math.min(tcb.ssthresh() - sample.inFlight,
                    Math.max(prrDelivered - prrOut, sample.deliveredBytes) + MSS);
        }
        tcb.cwnd((int) Math.max(MSS, sample.inFlight + Math.max(count, 0)));
    }

    @Override
    public void close() {
        connection.close();
    }
}
