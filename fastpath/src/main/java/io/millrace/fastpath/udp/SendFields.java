package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.ip.PathMtus;
import org.jspecify.annotations.Nullable;

/** How an endpoint sends, where it sent to last, and how much it has sent in this turn. Thread: the engine's. */
final class SendFields {
    private static final int DEFAULT_MULTICAST_TTL = 1; // RFC 1112 §6.1

    /** No label was made yet. */
    static final int NO_LABEL = -1;

    int trafficClass;
    /** 0: as the stack is configured. */
    int ttl;
    int multicastTtl = DEFAULT_MULTICAST_TTL;
    boolean multicastLoop = true;
    boolean broadcast;
    Fragmentation fragmentation = Fragmentation.BY_SENDER;
    int sendBuffer = DatagramEndpoint.DEFAULT_BUFFER;

    private @Nullable RouteSnapshot routes;
    private long hopHi;
    private long hopLo;
    private long hop;
    private long sourceHi;
    private long sourceLo;
    private int flowLabel;
    private int pathMtu;
    private boolean fragmentable;
    private int pathsVersion;
    private long turn;
    private long sentInTurn;

    /** True where this is the destination that was sent to last, and nothing has changed since. */
    boolean isHopTo(final RouteSnapshot now, final long hi, final long lo) {
        return hopLo == lo && hopHi == hi && routes == now;
    }

    /** Looks at the next destination anew: what is allowed has changed. */
    void forgetHop() {
        routes = null;
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
        pathMtu = 0;
    }

    /** The label made for this destination; {@link #NO_LABEL} where none was. */
    int flowLabel() {
        return flowLabel;
    }

    void flowLabel(final int value) {
        flowLabel = value;
    }

    /** Asks what is known of the path to that destination, unless nothing can have changed. */
    void lookUpPath(final PathMtus paths, final int linkMtu) {
        if (pathMtu == 0 || pathsVersion != paths.version()) {
            pathsVersion = paths.version();
            pathMtu = paths.mtu(hopHi, hopLo, linkMtu);
            fragmentable = paths.isFragmentable(hopHi, hopLo);
        }
    }

    /** Largest packet for the path, in bytes. */
    int pathMtu() {
        return pathMtu;
    }

    /** Who may fragment: where the path takes less than is believed, routers have to (as Linux: a locked MTU). */
    Fragmentation fragmentationNow() {
        return fragmentable && fragmentation == Fragmentation.BY_SENDER ? Fragmentation.ANYWHERE : fragmentation;
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
