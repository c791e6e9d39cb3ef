package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.ip.IpOutput;
import org.jspecify.annotations.Nullable;

/** How an endpoint sends, where it sent to last, and how much it has sent in this turn. Thread: the engine's. */
final class SendFields {
    private static final int DEFAULT_MULTICAST_TTL = 1; // RFC 1112 §6.1

    /** No label was made yet. */
    static final int NO_LABEL = -1;

    int trafficClass;
    int multicastTtl = DEFAULT_MULTICAST_TTL;
    boolean multicastLoop = true;
    boolean broadcast;
    int sendBuffer = DatagramEndpoint.DEFAULT_BUFFER;

    private @Nullable RouteSnapshot routes;
    private long hopHi;
    private long hopLo;
    private long hop;
    private long sourceHi;
    private long sourceLo;
    private int flowLabel;
    private long turn;
    private long sentInTurn;

    /** True where this is the unicast destination that was sent to last, and nothing has changed since. */
    boolean isHopTo(final RouteSnapshot now, final long hi, final long lo) {
        return hopLo == lo && hopHi == hi && routes == now && hop != IpOutput.GROUP;
    }

    /** Remembers a destination, the address to send from and the next hop. */
    void hop(final RouteSnapshot now, final long hi, final long lo, final long fromHi, final long fromLo,
            final long nextHop) {
        routes = now;
        hopHi = hi;
        hopLo = lo;
        sourceHi = fromHi;
        sourceLo = fromLo;
        hop = nextHop;
        flowLabel = NO_LABEL;
    }

    /** The label made for this destination; {@link #NO_LABEL} where none was. */
    int flowLabel() {
        return flowLabel;
    }

    void flowLabel(final int value) {
        flowLabel = value;
    }

    long hop() {
        return hop;
    }

    long sourceHi() {
        return sourceHi;
    }

    long sourceLo() {
        return sourceLo;
    }

    /** True where the send buffer has room for so many bytes in this turn; the first datagram always finds it. */
    boolean hasRoom(final long now, final int length) {
        if (turn != now) {
            turn = now;
            sentInTurn = 0;
        }
        return sentInTurn == 0 || sentInTurn + length <= sendBuffer;
    }

    void onSent(final long usedHop, final int length) {
        hop = usedHop;
        sentInTurn += length;
    }
}
