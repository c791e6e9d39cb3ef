package io.millrace.fastpath.tcp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The user/TCP interface of RFC 9293 §3.9.1: OPEN, SEND, RECEIVE, CLOSE, ABORT, STATUS, on connections of one engine.
 * <p>
 * A connection is named by a handle, a positive {@code long} that is never used twice; a call on a stale handle does
 * nothing and answers as documented. Addresses are the two halves of an IPv6 address in host order, IPv4 as
 * {@code ::ffff:a.b.c.d} ({@link io.millrace.fastpath.wire.IpAddress}).
 * <p>
 * Thread: the engine's, for every method. Nothing blocks.
 */
public interface TcpCalls {
    /**
     * Active OPEN: sends a SYN and answers at once; {@link ConnectionHandler#CONNECTED} or
     * {@link ConnectionHandler#FAILED} follows.
     *
     * @param localHi    with {@code localLo} the local address; both 0: chosen by the route.
     * @param localPort  0: chosen from the ephemeral range (RFC 6056).
     * @param settings   the connection's own settings.
     * @param handler    who is told.
     * @return the handle; 0 where refused at once: then {@link #failure(long) failure(0)} says why.
     */
    long connect(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort,
            TcpSettings settings, ConnectionHandler handler);

    /**
     * Attaches the application to a connection taken from an accept queue. What is there already (bytes, FIN, failure)
     * is told in the next turn.
     *
     * @return false where the handle is stale.
     */
    boolean attach(long connection, ConnectionHandler handler);

    /**
     * RECEIVE: copies in-order bytes out and opens the window by as much.
     *
     * @param address where to, off heap.
     * @param length  how many at the most, at least 1.
     * @return how many; 0 where none is there now; -1 where none will come (FIN reached and all read, or stale handle).
     */
    int receive(long connection, long address, int length);

    /**
     * RECEIVE without a copy: hands over the port's frame in which the next bytes came ({@link TcpSettings#zeroCopyReceive}),
     * and opens the window by as many: what the application has is bounded by the number of frames. The bytes lie at
     * {@link io.millrace.fastpath.port.Frame#textAddress}. The frame goes back to the engine's
     * {@link io.millrace.fastpath.port.LentFrames}.
     *
     * @return the frame; 0 where the next bytes have to be copied, or there are none: {@link #receive} tells.
     */
    long receiveFrame(long connection);

    /** Bytes that {@link #receive} would copy now; 0 for a stale handle. */
    int available(long connection);

    /** {@link #available} and {@link #isInputDone} in one: bytes that wait; -1 where the input is done. */
    int pending(long connection);

    /** True where the peer's FIN was reached and every byte before it was received by the application. */
    boolean isInputDone(long connection);

    /**
     * SEND: copies bytes into the send ring. What was accepted is sent when {@link #flush} is called or an
     * acknowledgement arrives. After a short answer {@link ConnectionHandler#WRITABLE} follows when there is room.
     *
     * @return how many were accepted, 0 to {@code length}; -1 where the connection cannot send (output shut down,
     *         failed, stale handle).
     */
    int send(long connection, long address, int length);

    /**
     * SEND without a copy: the bytes stay where they are until the peer has acknowledged them, and must not change before;
     * else as {@link #send}.
     *
     * @param array  where the bytes lie; null: off heap.
     * @param place  index of the first byte in the array, or its address.
     * @param length how many at the most.
     * @param owner  is told, once for each answer above 0, when they are read no more: acknowledged, or the connection is
     *               over. Never within a call. Answers about bytes of one text that follow one another make one piece: then
     *               all but the last telling come sooner, so an owner counts.
     * @param text   what the owner is told.
     */
    int sendHeld(long connection, byte @Nullable [] array, long place, int length, TextOwner owner, Object text);

    /**
     * Asks for a place in the send ring, to write bytes there instead of copying them: {@link #claimed} is it, and
     * {@link #commit} must follow before anything else is asked of TCP.
     *
     * @param length how many bytes are wanted, at least 1.
     * @return how many lie there in one piece, 1 to {@code length}, even where another claim would find more; 0 where there
     *         is no room: {@link ConnectionHandler#WRITABLE} follows; -1 as of {@link #send}.
     */
    int claim(long connection, int length);

    /** The place that was claimed last, from its position to its limit; the engine's own object. */
    ByteBuffer claimed();

    /** As many bytes were written into the place claimed, from its beginning; 0: none. */
    void commit(long connection, int length);

    /** Bytes that {@link #send} would accept now; 0 for a stale handle. */
    int sendSpace(long connection);

    /** Bytes accepted by {@link #send} and its sisters and not yet acknowledged by the peer. */
    int unacknowledged(long connection);

    /** Sends what window, congestion control and Nagle allow. */
    void flush(long connection);

    /** Half-close: a FIN follows the last byte sent; receiving goes on. */
    void shutdownOutput(long connection);

    /** Receiving is over: arriving bytes are acknowledged and thrown away, counted. */
    void shutdownInput(long connection);

    /**
     * CLOSE: lets go of the connection. It is finished in the background: queued bytes and the FIN are still sent. With
     * bytes that arrived and were not received, a RST goes out instead (RFC 9293 §3.9.1.4, RFC 2525 §2.17). The
     * handle is stale afterwards and the handler is not called again.
     */
    void close(long connection);

    /**
     * ABORT: a RST, behind what was flushed and may be sent now, and the connection is gone with the rest. The handle is
     * stale afterwards.
     */
    void abort(long connection);

    /** STATUS: the state; CLOSED for a stale handle. */
    TcpState state(long connection);

    /**
     * Why the connection failed; during {@link ConnectionHandler#FAILED}. For handle 0: why the last {@link #connect}
     * was refused. {@link TcpFailure#NOT_CONNECTED} for a stale handle.
     */
    TcpFailure failure(long connection);

    /** Why the last {@link #connect} was refused, in words that say what to do where that is known. Allocates. */
    default String refusal() {
        return failure(0).text();
    }

    /** Our end. Allocates. @throws IllegalStateException for a stale handle. */
    InetSocketAddress localAddress(long connection);

    /** The peer's end. Allocates. @throws IllegalStateException for a stale handle. */
    InetSocketAddress remoteAddress(long connection);

    /** Nagle's algorithm off (true) or on. */
    void noDelay(long connection, boolean noDelay);

    /** Keepalive probes on or off (RFC 9293 §3.8.4). */
    void keepAlive(long connection, boolean keepAlive);

    /** Cork: while true only full segments are sent. */
    void cork(long connection, boolean cork);

    /**
     * Receive window from now on, in bytes, 2,304 to 1 GiB, and tuned no more; a window once offered is not taken back.
     */
    void receiveBuffer(long connection, int bytes);

    /** Send ring from now on, in bytes, 4,096 to 1 GiB, and tuned no more. */
    void sendBuffer(long connection, int bytes);

    /**
     * Quick acknowledgement (Linux: TCP_QUICKACK). True: what is owed goes out now, and the next 16 acknowledgements are
     * not held back; false: they are held back again. Not for good: the {@link TcpSettings#ackPolicy} goes on from there.
     */
    void quickAck(long connection, boolean quick);

    /**
     * Gives an open connection other settings, for good.
     * <ul>
     * <li>At once: {@code trafficClass}; {@code notSentLowWater}; {@code noDelay}; {@code keepAlive}, its times and its count, with what was silence already;
     * {@code congestionControl}, which takes over window and threshold; {@code receiveBuffer} and {@code sendBuffer},
     * which limit what is tuned, or are the size where they are locked or nothing is tuned.
     * <li>Where they are looked at the next time: {@code delayedAckNs}, {@code ackPolicy}, {@code rtoMinNs},
     * {@code rtoMaxNs}, {@code retries}, {@code synRetries}, {@code synAckRetries}, {@code userTimeoutNs},
     * {@code mslNs}, {@code finWait2TimeoutNs}, {@code initialWindow} and {@code slowStartAfterIdle} (after idleness),
     * {@code outOfOrderRanges}, {@code zeroCopySend}, {@code zeroCopyReceive}, {@code autotune}, {@code rack}, {@code tailLossProbe}, {@code forwardRtoRecovery},
     * {@code pacing}, {@code maxPacingRate}.
     * <li>Not at all, as the handshake has settled them, and kept as they were: {@code mss}, {@code windowScaling},
     * {@code windowScale}, {@code sack}, {@code timestamps}, {@code ecn}, {@code fastOpen}. Without effect, as they
     * are about the beginning: {@code rtoInitialNs}, {@code initialReceiveBuffer}, {@code initialSendBuffer}.
     * </ul>
     * The congestion control stays where the slab has no room for the new one's state; {@link #settings(long)} tells.
     *
     * @return false for a stale handle.
     * @throws IllegalArgumentException where no congestion control has that name; nothing has changed then.
     */
    boolean settings(long connection, TcpSettings settings);

    /**
     * The settings that the connection was opened with or was given last; not what {@link #noDelay}, {@link #keepAlive},
     * {@link #receiveBuffer} and {@link #sendBuffer} have changed since. Null for a stale handle.
     */
    @Nullable
    TcpSettings settings(long connection);

    /**
     * STATUS in full, as Linux's TCP_INFO: fills the target. Allocates nothing.
     *
     * @return false for a stale handle: the target is as it was.
     */
    boolean info(long connection, TcpInfo target);

    /** Payload bytes of the largest segment sent now. */
    int sendMss(long connection);
}
