package io.millrace.bench.compare.result;

/** What is done; a message is what the clients count. */
public enum Workload {
    /** 64 bytes there and back, one connection, one at a time; latency of each. */
    PING_PONG_64("ping-pong 64 B", Unit.LATENCY),
    /** 1 KiB there and back, one connection, one at a time; latency of each. */
    PING_PONG_1K("ping-pong 1 KiB", Unit.LATENCY),
    /** 64 bytes there and back at a fixed rate, whatever has come back: latency from when each was due. */
    OPEN_LOOP("open loop 64 B", Unit.LATENCY),
    /** One connection, client to server, as fast as it goes. */
    STREAM_IN_1("stream in, 1 connection", Unit.BYTES),
    /** One connection, server to client. */
    STREAM_OUT_1("stream out, 1 connection", Unit.BYTES),
    /** Eight connections, client to server. */
    STREAM_IN_8("stream in, 8 connections", Unit.BYTES),
    /** Eight connections, server to client. */
    STREAM_OUT_8("stream out, 8 connections", Unit.BYTES),
    /** Echoes of 64 bytes on 64 connections, 16 under way on each. */
    PIPELINE_64("pipelined 64 B echo, 64 connections", Unit.MESSAGES),
    /** Connect, 64 bytes there and back, closed by the client first. */
    SHORT_CLIENT_CLOSES("connect-request-response-close by the client", Unit.MESSAGES),
    /** Connect, 64 bytes there and back, closed by the server first. */
    SHORT_SERVER_CLOSES("connect-request-response-close by the server", Unit.MESSAGES),
    /** HTTP/1.1 plaintext by wrk, 64 connections. */
    HTTP("HTTP/1.1 plaintext, wrk, 64 connections", Unit.MESSAGES),
    /** 10,000 idle connections, and ping-pong of 64 bytes on 100 others at once. */
    CROWD("10,000 idle connections, 100 active", Unit.MESSAGES),
    /** Data segment in, delivered, ACK out, one connection (JMH). */
    SEGMENT_1("segment to ACK, 1 connection", Unit.LATENCY),
    /** The same on one of 100,000 connections at random (JMH). */
    SEGMENT_100K("segment to ACK, 100,000 connections", Unit.LATENCY),
    /** Handshake, a byte each way, close, both ends (JMH). */
    CONNECTION("whole connection, both ends", Unit.LATENCY),
    /** A stream between two engines on one thread, MTU 1500, checksums on, no offloads (JMH). */
    ENGINE_STREAM("stream on one thread, MTU 1500", Unit.BYTES),
    /** A turn with nothing to do, 10 connections (JMH). */
    IDLE_10("idle turn, 10 connections", Unit.LATENCY),
    /** A turn with nothing to do, as many idle connections as asked for (JMH). */
    IDLE_MANY("idle turn, up to 10,000,000 connections", Unit.LATENCY);

    /** What counts of a workload. */
    public enum Unit {
        /** Nanoseconds, the median; less is better. */
        LATENCY,
        /** Bits a second; more is better. */
        BYTES,
        /** Messages a second; more is better. */
        MESSAGES
    }

    private final String text;
    private final Unit unit;

    Workload(final String text, final Unit unit) {
        this.text = text;
        this.unit = unit;
    }

    /** What counts. */
    public Unit unit() {
        return unit;
    }

    @Override
    public String toString() {
        return text;
    }
}
