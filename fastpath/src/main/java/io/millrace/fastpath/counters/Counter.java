package io.millrace.fastpath.counters;

/**
 * What an engine counts. One constant for every reason to drop: nothing is lost silently. Label and documentation are
 * one text.
 */
public enum Counter {
    FRAMES_RECEIVED("frames received from the port"),
    FRAMES_TRANSMITTED("frames given to the port"),
    BYTES_RECEIVED("bytes received from the port, link-layer headers included"),
    BYTES_TRANSMITTED("bytes given to the port, link-layer headers included"),
    FRAMES_LOCAL("frames that the stack sent to itself"),
    TRANSMIT_NO_FRAME("output postponed or dropped: the frame pool has too few frames"),
    TRANSMIT_PORT_FULL("times the port took fewer frames than were there"),
    TRANSMIT_QUEUE_FULL("frames dropped, or datagrams postponed: the transmit queue is full"),
    EXCEPTIONS("exceptions caught in the duty cycle: a defect, or an application's handler that throws"),
    ETHERNET_TRUNCATED("frames dropped: shorter than an Ethernet header"),
    ETHERNET_NOT_FOR_US("frames dropped: another station's address"),
    ETHERNET_UNKNOWN_TYPE("frames dropped: neither IP nor ARP"),
    ARP_RECEIVED("ARP packets handed to the control plane"),
    ARP_MALFORMED("ARP packets dropped: malformed, or not IPv4 over Ethernet"),
    NEIGHBOUR_QUEUE_FULL("frames dropped: too many wait for the neighbour's address (the oldest goes)"),
    NEIGHBOUR_TABLE_FULL("packets dropped: every entry of the neighbour table holds waiting frames"),
    NEIGHBOUR_EVICTED("neighbours forgotten to make room for another"),
    NEIGHBOUR_FAILED("frames dropped: the neighbour did not answer"),
    IP_MALFORMED("packets dropped: version, header length or total length is wrong"),
    IP_BAD_CHECKSUM("packets dropped: IPv4 header checksum"),
    IP_BAD_SOURCE("packets dropped: a source address that no host has (RFC 1122 section 3.2.1.3)"),
    IP_FRAGMENTS_RECEIVED("fragments received for addresses of ours"),
    IP_REASSEMBLED("datagrams put together from fragments"),
    IP_FRAGMENT_REFUSED("fragments dropped: reassembly is off"),
    IP_FRAGMENT_MALFORMED("fragments dropped: empty, or not the last and not a multiple of 8 bytes long"),
    IP_FRAGMENT_TOO_LONG("fragments dropped: they would make a datagram of more than 65,535 bytes"),
    IP_FRAGMENT_DUPLICATE("fragments dropped: their bytes are there already"),
    IP_FRAGMENTS_OVERLAP("datagrams dropped: fragments overlap (RFC 5722)"),
    IP_FRAGMENTS_CONTRADICT("datagrams dropped: fragments do not agree on the end"),
    IP_FRAGMENTS_BAD_ECN("datagrams dropped: fragments with and without ECN (RFC 3168 section 5.3)"),
    IP_REASSEMBLY_TIMED_OUT("datagrams dropped: fragments were missing when their time was over"),
    IP_REASSEMBLY_EVICTED("datagrams dropped: the memory for fragments was full (the oldest goes)"),
    IP_REASSEMBLED_ELSEWHERE("segments dropped: put together from fragments for a connection of another engine"),
    IP_FRAGMENTED("datagrams sent as fragments"),
    IP_FRAGMENTS_SENT("fragments sent"),
    IP_TOO_LONG("datagrams not sent: too long, and not to be fragmented"),
    PATH_MTU_REDUCED("destinations whose path was found to take less than before (RFC 1191, RFC 8201, RFC 4821)"),
    PATH_MTU_EVICTED("path MTUs forgotten to make room for another destination's"),
    IP_SOURCE_ROUTE("packets dropped: source routes are refused"),
    IP_NOT_FOR_US("packets dropped: another host's address"),
    IP_BROADCAST("packets dropped: broadcasts and multicasts that nobody here listens to"),
    IP_IN_LINK_BROADCAST("packets dropped: unicast address in a link-layer broadcast (RFC 1122 section 3.3.6)"),
    IP_NO_ROUTE("packets dropped: no route to the destination"),
    IP_UNKNOWN_PROTOCOL("packets dropped: protocol unreachable"),
    IPV6_EXTENSIONS_MALFORMED(
            "packets dropped: extension headers beyond the packet's end, too many of them, or of options"),
    IPV6_EXTENSION_REFUSED("packets dropped: a routing header with places left to visit, or a header out of place"),
    IPV6_OPTION_REFUSED("packets dropped: an option that is not known and asks for it (RFC 8200 section 4.2)"),
    IPV6_NOTHING_FOLLOWS("packets dropped: extension headers with nothing behind them"),
    IPV6_FIRST_FRAGMENT_INCOMPLETE("fragments dropped: the first without the whole chain of headers (RFC 7112)"),
    DHCP_RECEIVED("DHCP messages handed to the control plane"),
    UDP_RECEIVED("datagrams put into the receive queue of an endpoint"),
    UDP_SENT("datagrams sent"),
    UDP_MALFORMED("datagrams dropped: truncated, or their length field is wrong"),
    UDP_BAD_CHECKSUM("datagrams dropped: checksum, or over IPv6 none"),
    UDP_PORT_ZERO("datagrams dropped: sent to port 0"),
    UDP_NO_PORT("datagrams dropped: port unreachable"),
    UDP_BUFFER_FULL("datagrams dropped: the receive buffer of their endpoint is full"),
    UDP_SLAB_FULL("datagrams dropped: the memory for datagrams is used up"),
    UDP_FORWARDED("datagrams handed to the engine that owns their endpoint"),
    UDP_INBOX_FULL("datagrams and errors dropped: the ring to the engine that owns their endpoint is full"),
    UDP_CLOSED_MEANWHILE("datagrams dropped: their endpoint was closed while they were handed to its engine"),
    UDP_NOT_FROM_PEER("datagrams dropped: they waited when their endpoint was connected to somebody else"),
    UDP_TRUNCATED("datagrams cut: longer than the buffer that they were received into"),
    UDP_ERRORS_TOLD("ICMP errors told to a connected endpoint"),
    ICMP_MALFORMED("ICMP messages dropped: truncated"),
    ICMP_BAD_CHECKSUM("ICMP messages dropped: checksum"),
    ICMP_IGNORED("ICMP messages ignored: of no interest, or about nothing in flight (RFC 5927)"),
    ICMP_ECHOES_ANSWERED("echo requests answered"),
    ICMP_ERRORS_SENT("ICMP errors sent"),
    ICMP_ERRORS_RECEIVED("ICMP errors received"),
    ICMP_RATE_LIMITED("ICMP messages not sent: over the configured rate"),
    ICMPV6_HANDED_ON("Neighbour Discovery and MLD messages handed to the control plane"),
    NEIGHBOUR_DISCOVERY_REFUSED("Neighbour Discovery messages dropped: forwarded, in fragments, or of another code"),
    MLD_REFUSED("MLD messages dropped: without Router Alert, or in fragments"),
    IGMP_RECEIVED("IGMP messages handed to the control plane"),
    IGMP_MALFORMED("IGMP messages dropped: truncated, or longer than a packet"),
    IGMP_BAD_CHECKSUM("IGMP messages dropped: checksum"),
    TCP_SEGMENTS_RECEIVED("segments received"),
    TCP_SEGMENTS_SENT("segments sent on connections, retransmissions and virtual segments each as one"),
    TCP_BYTES_RECEIVED("bytes of text received in order"),
    TCP_BYTES_HELD("bytes of text taken where they were, and not copied into a send ring"),
    TCP_FRAMES_LENT("segments whose text waits for the application in the frame, uncopied"),
    TCP_FRAMES_NOT_LENT("segments copied because applications have as many frames as are lent"),
    TCP_FRAMES_COPIED_LATE("times text was copied out of frames because its application did not take it"),
    TCP_MALFORMED("segments dropped: data offset beyond the segment"),
    TCP_BAD_CHECKSUM("segments dropped: checksum"),
    TCP_PORT_ZERO("segments dropped: port 0"),
    TCP_NO_CONNECTION("segments for no connection (answered with RST unless they are one)"),
    TCP_BAD_FLAGS("segments dropped: flags that make no sense in the state"),
    TCP_BAD_ACK("segments dropped: acknowledgement of what was never sent, or far too old"),
    TCP_OUT_OF_WINDOW("segments not acceptable: outside of the receive window"),
    TCP_BEYOND_WINDOW("segments cut at the right edge of the receive window"),
    TCP_OVERLAP("segments that repeat bytes received before"),
    TCP_OUT_OF_ORDER("segments ahead of a gap"),
    TCP_OUT_OF_ORDER_OVERLAP("segments that repeat bytes held ahead of a gap: the copy that came first stays"),
    TCP_DUPLICATES_REPORTED("acknowledgements that report bytes received twice (RFC 2883)"),
    TCP_PAWS_DROPPED("segments dropped: their timestamp is older than one seen before (RFC 7323 section 5)"),
    TCP_TIMESTAMP_MISSING("segments without the timestamp that was agreed on, taken nevertheless"),
    TCP_CONGESTION_EXPERIENCED("data segments that a router marked (RFC 3168)"),
    TCP_OUT_OF_ORDER_DROPPED("segments ahead of a gap that were not kept: too many ranges, or the slab is full"),
    TCP_DUPLICATE_ACKS("duplicate acknowledgements received"),
    TCP_URGENT("segments with an urgent pointer (its byte stays in line, RFC 6093)"),
    TCP_DATA_AFTER_CLOSE("connections reset: text arrived for an application that has gone"),
    TCP_CLOSED_WITH_UNREAD("connections reset: closed with bytes that were not received (RFC 2525 section 2.17)"),
    TCP_TOO_MANY_ORPHANS("connections reset when closed: too many live on without an application"),
    TCP_ACTIVE_OPENS("connections attempted from here"),
    TCP_PASSIVE_OPENS("connections begun by a SYN from outside"),
    TCP_FAST_OPEN_ACCEPTED("SYNs whose text went to the application at once (RFC 7413)"),
    TCP_FAST_OPEN_BAD_COOKIE("SYNs with a Fast Open cookie that is not valid: ordinary handshake"),
    TCP_FAST_OPEN_OVERFLOWS("SYNs with a valid cookie beyond the Fast Open queue: ordinary handshake"),
    TCP_FAST_OPEN_SENT("SYNs sent with text"),
    TCP_FAST_OPEN_DELIVERED("SYNs sent with text that the server took"),
    TCP_SIMULTANEOUS_OPENS("SYNs that crossed"),
    TCP_ESTABLISHED("handshakes completed"),
    TCP_FAILED("connections reset or refused"),
    TCP_TIMED_OUT("connections given up: no answer"),
    TCP_HANDSHAKE_TIMED_OUT("handshakes given up: no answer to SYN or SYN-ACK"),
    TCP_RESETS_SENT("RST segments sent"),
    TCP_RESETS_RECEIVED("RST segments that ended a connection"),
    TCP_RESETS_IGNORED("RST segments ignored or challenged (RFC 5961)"),
    TCP_CHALLENGE_ACKS("challenge ACKs sent (RFC 5961)"),
    TCP_CHALLENGE_ACKS_SUPPRESSED("challenge ACKs not sent: over the configured rate"),
    TCP_RETRANSMITS("data segments sent again"),
    TCP_SYN_RETRANSMITS("SYN and SYN-ACK segments sent again"),
    TCP_SACK_IGNORED("SACK blocks ignored: inverted, below what is acknowledged, or for what was never sent"),
    TCP_SACK_RENEGED("times a peer dropped what it had selectively acknowledged (RFC 2018 section 8)"),
    TCP_DSACKS_RECEIVED("D-SACKs received: segments that the peer got twice (RFC 2883)"),
    TCP_FAST_RECOVERIES("fast recoveries begun"),
    TCP_SPURIOUS_RECOVERIES("recoveries and timeouts undone: nothing had been lost (RFC 4015)"),
    TCP_LOSS_PROBES("tail loss probes sent (RFC 8985 section 7)"),
    TCP_ECN_REDUCTIONS("times the window was reduced because the peer echoed congestion (RFC 3168)"),
    TCP_TIMEOUTS("retransmission timer expiries"),
    TCP_WINDOW_PROBES("zero-window probes sent"),
    TCP_DELAYED_ACKS("acknowledgements sent because the delay was over"),
    TCP_KEEPALIVE_PROBES("keepalive probes sent"),
    TCP_KEEPALIVE_TIMED_OUT("connections given up: no answer to keepalive probes"),
    TCP_FIN_WAIT_2_TIMED_OUT("orphans forgotten in FIN_WAIT_2"),
    TCP_PATH_MTU_REDUCED("path MTU reductions accepted"),
    TCP_RECEIVE_BUFFER_GROWN("times a receive buffer grew with what its application reads"),
    TCP_RECEIVE_BUFFER_HELD("times a receive buffer did not grow because the slab was nearly full"),
    TCP_SEND_BUFFER_GROWN("times a send buffer grew with its congestion window"),
    TCP_SEND_BUFFER_HELD("times a send buffer did not grow because the slab was nearly full"),
    TCP_TABLE_FULL("connections refused: the connection table is full"),
    TCP_SLAB_FULL("times the slab had no room for a ring: segments dropped, or output postponed"),
    TCP_NO_EPHEMERAL_PORT("active opens refused: no local port left for the destination"),
    LISTEN_SYN_QUEUE_FULL("SYNs dropped: the listener's SYN queue or accept queue is full"),
    LISTEN_OVERFLOWS("handshakes held back: the listener's accept queue is full"),
    LISTEN_SOURCE_REFUSED("segments dropped: their listener takes no connections from their source"),
    SYNCOOKIES_SENT("SYN-ACKs sent with a SYN cookie (RFC 4987)"),
    SYNCOOKIES_RECV("ACKs that brought a SYN cookie back"),
    SYNCOOKIES_FAILED("ACKs to a listener that sends SYN cookies, with a number that is none or too old: reset"),
    TIME_WAIT_OVERFLOW("TIME_WAIT ended early: the table was full"),
    TIME_WAIT_RESETS_IGNORED("RST segments ignored in TIME_WAIT (RFC 1337)"),
    TIME_WAIT_REOPENED("TIME_WAIT ended by a SYN that cannot be an old one (RFC 6191)"),
    TIME_WAIT_RESTARTED("TIME_WAIT restarted by a retransmitted FIN"),
    EVENTS_LOST("events to the control plane lost: its ring was full");

    /** How many counters there are. */
    public static final int COUNT = values().length;

    private final String text;

    Counter(final String text) {
        this.text = text;
    }

    /** One line of documentation. */
    public String text() {
        return text;
    }

    /** What is counted: {@code bytes}, or {@code events} of the kind that the text tells. */
    public String unit() {
        return name().contains("BYTES") ? "bytes" : "events";
    }

    /** The name as shown to users, e.g. {@code FramesReceived}. */
    public String label() {
        final StringBuilder label = new StringBuilder();
        for (final String word : name().split("_")) {
            label.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return label.toString();
    }
}
