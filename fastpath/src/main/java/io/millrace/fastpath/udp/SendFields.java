package io.millrace.fastpath.udp;

/** How an endpoint sends, and what it has sent in this turn. Thread: the engine's. */
final class SendFields {
    private static final int DEFAULT_MULTICAST_TTL = 1; // RFC 1112 §6.1

    int trafficClass;
    int multicastTtl = DEFAULT_MULTICAST_TTL;
    boolean multicastLoop = true;
    boolean broadcast;
    int sendBuffer = DatagramEndpoint.DEFAULT_BUFFER;

    private long turn;
    private long sentInTurn;

    /** True where the send buffer has room for so many bytes in this turn; the first datagram always finds it. */
    boolean hasRoom(final long now, final int length) {
        if (turn != now) {
            turn = now;
            sentInTurn = 0;
        }
        return sentInTurn == 0 || sentInTurn + length <= sendBuffer;
    }

    void onSent(final int length) {
        sentInTurn += length;
    }
}
