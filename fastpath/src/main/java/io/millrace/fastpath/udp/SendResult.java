package io.millrace.fastpath.udp;

/** What has become of a datagram that was to be sent. */
public enum SendResult {
    /** It is on its way, which is all that UDP promises. */
    SENT("sent"),
    /** There is no room now: {@link DatagramHandler#WRITABLE} tells when to try again. Nothing was sent. */
    BLOCKED("no room now"),
    /** Neither given a destination nor connected. */
    NOT_CONNECTED("destination address required"),
    /** The destination has port 0, or is the wildcard address. */
    BAD_DESTINATION("invalid destination address"),
    /** Longer than a datagram can be, or than may be sent in one packet. */
    TOO_LONG("message too long"),
    /** A broadcast address, without {@link DatagramEndpoint#broadcast}. */
    BROADCAST_REFUSED("permission denied: a broadcast needs SO_BROADCAST"),
    /**
     * Too many neighbours are being asked for at once; or the datagram has more fragments than the port has frames, or
     * than may wait while the neighbour is being asked for.
     */
    NO_BUFFERS("no buffer space available"),
    /** No route leads to the destination. */
    NETWORK_UNREACHABLE("network is unreachable"),
    /** An earlier datagram of this connected endpoint met no listener; this one was not sent. */
    PORT_UNREACHABLE("connection refused"),
    /** An earlier datagram of this connected endpoint could not be delivered; this one was not sent. */
    HOST_UNREACHABLE("no route to host");

    private final String text;

    SendResult(final String text) {
        this.text = text;
    }

    /** A few words for messages. */
    public String text() {
        return text;
    }
}
