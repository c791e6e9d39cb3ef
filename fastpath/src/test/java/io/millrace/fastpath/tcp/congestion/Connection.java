package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.memory.Slab;

/** A connection as far as congestion control looks at it: a TCB, a slab, a clock, and acknowledgements made by hand. */
final class Connection implements AutoCloseable {
    static final long RTT_NS = 50_000_000;

    final CongestionControl control;
    final Tcb tcb;
    final Slab slab = new Slab("test slab", Slab.MIN_CAPACITY, 64);
    final AckSample sample = new AckSample();
    final int initialWindow;
    long nowNs;
    private final MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH);
    private boolean isOpen;

    Connection(final CongestionControl control, final int mss, final int iss, final long nowNs) {
        this.control = control;
        this.nowNs = nowNs;
        initialWindow = 10 * mss;
        tcb = new Tcb().wrap(0, region.address());
        tcb.sndMss(mss);
        tcb.iss(iss);
        tcb.sndUna(iss + 1);
        tcb.sndNxt(iss + 1);
        tcb.sndMax(iss + 1);
        tcb.srttNs(RTT_NS);
        tcb.rtoNs(4 * RTT_NS);
        tcb.set(Tcb.SACK);
    }

    /** True where the control took over. */
    boolean establish() {
        isOpen = control.onEstablished(tcb, initialWindow, slab, nowNs);
        return isOpen;
    }

    /** Bytes are sent: SND.NXT moves. */
    void send(final int bytes) {
        if (bytes > 0 && tcb.sndMax() == tcb.sndUna()) {
            control.onTransmitStart(tcb, nowNs);
        }
        tcb.sndNxt(tcb.sndNxt() + bytes);
        tcb.sndMax(tcb.sndNxt());
    }

    /** A sample of an acknowledgement that found the window full, of bytes that were in flight. */
    AckSample full(final int bytes, final long rttNs) {
        sample.reset(nowNs);
        sample.ackedBytes = bytes;
        sample.deliveredBytes = bytes;
        sample.rttNs = rttNs;
        sample.windowLimited = true;
        sample.priorInFlight = tcb.sndMax() - tcb.sndUna();
        sample.inFlight = Math.max(sample.priorInFlight - bytes, 0);
        sample.priorDelivered = Math.max(tcb.delivered() - sample.priorInFlight, 0);
        sample.rateBytes = sample.priorInFlight;
        sample.intervalNs = Math.max(rttNs, 1);
        sample.inFlightWhenSent = sample.priorInFlight;
        return sample;
    }

    /** What {@link #sample} says arrives. */
    void acknowledge() {
        tcb.sndUna(tcb.sndUna() + sample.ackedBytes);
        tcb.delivered(tcb.delivered() + sample.deliveredBytes);
        control.onAck(tcb, sample);
    }

    void ack(final int bytes) {
        full(bytes, RTT_NS);
        acknowledge();
    }

    /** A round trip: the window is sent, and acknowledged two segments at a time. */
    void roundTrip() {
        final int window = tcb.cwnd();
        send(window - (tcb.sndMax() - tcb.sndUna()));
        nowNs += RTT_NS;
        for (int acked = 0; acked < window; acked += 2 * tcb.sndMss()) {
            ack(Math.min(2 * tcb.sndMss(), window - acked));
        }
    }

    /** The window is led to ssthresh while in recovery, as PRR does. */
    void recover(final int inFlight) {
        control.onLoss(tcb, inFlight, nowNs);
        tcb.set(Tcb.RECOVERY);
        if (!control.ownsWindow()) {
            tcb.cwnd(Math.min(tcb.cwnd(), tcb.ssthresh()));
        }
        tcb.clear(Tcb.RECOVERY);
        control.onRecovered(tcb, nowNs);
    }

    @Override
    public void close() {
        if (isOpen) {
            control.onClosed(tcb, slab);
        }
        slab.close();
        region.close();
    }
}
