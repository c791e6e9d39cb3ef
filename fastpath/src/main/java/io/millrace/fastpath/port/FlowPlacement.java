package io.millrace.fastpath.port;

/**
 * Where the packets of a flow will arrive: which queue of a device. With it an active open chooses a port by which the
 * answers come to the engine that opens. Immutable, allocates nothing. Thread: any.
 */
public interface FlowPlacement {
    /** The answer where no queue can be named. */
    int NONE = -1;

    /** Of a device with one queue. */
    FlowPlacement ONE_QUEUE = FixedPlacement.ONE_QUEUE;

    /**
     * What is sent by a queue is answered by the same one, whatever the flow: the other side has queues for each of ours, as
     * that of a {@link MemoryLink}.
     */
    FlowPlacement AS_SENT = FixedPlacement.AS_SENT;

    /** Nobody knows: the device has a hash of its own. Software must bring packets to their engines. */
    FlowPlacement UNKNOWN = FixedPlacement.UNKNOWN;

    /**
     * The queue of the segments that a remote end sends to a local one, unless they are fragments.
     *
     * @param localHi as {@link io.millrace.fastpath.wire.IpAddress} has it, like the others.
     * @return 0 to {@link PacketDevice#queues} - 1; {@link #NONE} of {@link #AS_SENT} and {@link #UNKNOWN} alone.
     */
    int queue(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort);

    /** True where {@link #queue} names queues. */
    default boolean isKnown() {
        return this != AS_SENT && this != UNKNOWN;
    }
}
