package io.millrace.fastpath.tcp.recovery;

/**
 * Where in the head of a flight block each thing lies, in bytes from its start. What it is say the accessors of
 * {@link FlightHead}, {@link FlightEpisode} and {@link FlightState}.
 */
final class FlightLayout {
    static final int BLOCK_LENGTH = 0;
    static final int FIRST = 4;
    static final int COUNT = 8;
    static final int STATE = 12;
    static final int TIMER = 13;
    static final int MARKS = 14;
    static final int SACKED_BYTES = 16;
    static final int LOST_BYTES = 20;
    static final int SACKED_SEGMENTS = 24;
    static final int HIGHEST_SACKED = 28;
    static final int LOST_HINT = 32;
    static final int RECOVERY_POINT = 36;
    static final int RACK_SENT_NS = 40;
    static final int RACK_RTT_NS = 48;
    static final int RACK_END = 56;
    static final int DUP_ACKS = 60;
    static final int NEXT_SEND_NS = 64;
    static final int DELIVERED_NS = 72;
    static final int FIRST_SENT_NS = 80;
    static final int APPLICATION_LIMITED = 88;
    static final int PRR_DELIVERED = 96;
    static final int PRR_OUT = 100;
    static final int RECOVER_FLIGHT = 104;
    static final int PROBE_END = 108;
    static final int PRIOR_CWND = 112;
    static final int PRIOR_SSTHRESH = 116;
    static final int UNDO_POINT = 120;
    static final int UNDO_RETRANSMITS = 124;
    static final int RETRANSMIT_STAMP = 128;
    static final int LOST_TOTAL = 132;
    static final int REORDERING_ROUND_END = 136;
    static final int MAX_FLIGHT = 140;
    static final int RTO_BASE_NS = 144;
    static final int FIRST_UNANSWERED_NS = 152;
    static final int USAGE_END = 160;
    static final int FORWARD_RTO_POINT = 164;
    static final int RETRANSMITTED_BYTES = 168;
    static final int MTU_PROBE_START = 172;
    static final int REORDERING_AT_NS = 176;
    static final int AGAIN_HINT = 184;
    static final int WAITING_HINT = 188;
    static final int AGAIN_END = 192;
    static final int MTU_PROBE_END = 196;

    /** Bytes of the head. */
    static final int HEAD_LENGTH = 200;

    private FlightLayout() {}
}
