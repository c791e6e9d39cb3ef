package io.millrace.fastpath.netty;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpSettings;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of a connection whose other end is the test. Thread: the engine's. */
final class FakeConnection {
    final long handle;
    final List<String> calls = new ArrayList<>();
    final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    @Nullable
    ConnectionHandler handler;
    @Nullable
    TcpInfo informed;
    TcpSettings settings = TcpSettings.DEFAULT;
    InetSocketAddress local = new InetSocketAddress("10.0.0.1", 1024);
    InetSocketAddress remote = new InetSocketAddress("10.0.0.2", 80);
    TcpFailure failure = TcpFailure.NONE;
    int sendCapacity = 1 << 20;
    int flushes;
    int events;
    boolean stale;
    boolean outputShut;

    private byte[] received = new byte[0];
    private final ByteArrayOutputStream sendRing = new ByteArrayOutputStream();
    private boolean finReceived;
    private boolean wantsRoom;

    FakeConnection(final long handle) {
        this.handle = handle;
    }

    void arrive(final byte[] bytes) {
        final byte[] joined = new byte[received.length + bytes.length];
        System.arraycopy(received, 0, joined, 0, received.length);
        System.arraycopy(bytes, 0, joined, received.length, bytes.length);
        received = joined;
        events |= ConnectionHandler.READABLE;
    }

    void arriveFin() {
        finReceived = true;
        events |= ConnectionHandler.PEER_CLOSED;
    }

    void fail(final TcpFailure cause) {
        failure = cause;
        events |= ConnectionHandler.FAILED;
    }

    /** The peer acknowledges everything: the ring empties. */
    void acknowledge() {
        sendRing.reset();
        if (wantsRoom) {
            wantsRoom = false;
            events |= ConnectionHandler.WRITABLE;
        }
    }

    int available() {
        return stale ? 0 : received.length;
    }

    boolean isInputDone() {
        return !stale && finReceived && received.length == 0;
    }

    int receive(final long address, final int length) {
        if (length < 1) {
            throw new IllegalArgumentException("receive of " + length);
        }
        if (stale || received.length == 0) {
            return stale || finReceived ? -1 : 0;
        }
        final int count = Math.min(length, received.length);
        Memory.copyFromArray(received, 0, address, count);
        final byte[] rest = new byte[received.length - count];
        System.arraycopy(received, count, rest, 0, rest.length);
        received = rest;
        return count;
    }

    int sendSpace() {
        return stale ? 0 : sendCapacity - sendRing.size();
    }

    int send(final long address, final int length) {
        if (stale || outputShut || failure != TcpFailure.NONE) {
            return -1;
        }
        final int count = Math.min(length, sendSpace());
        final byte[] bytes = new byte[count];
        Memory.copyToArray(address, bytes, 0, count);
        take(bytes);
        wantsRoom |= count < length;
        return count;
    }

    int sendHeld(final byte @Nullable [] array, final long place, final int length) {
        if (array == null) {
            return send(place, length);
        }
        final int count = claim(length);
        if (count > 0) {
            take(Arrays.copyOfRange(array, (int) place, (int) place + count));
            wantsRoom |= count < length;
        }
        return count;
    }

    int claim(final int length) {
        if (stale || outputShut || failure != TcpFailure.NONE) {
            return -1;
        }
        wantsRoom |= sendSpace() == 0;
        return Math.min(length, sendSpace());
    }

    void take(final byte[] bytes) {
        sendRing.writeBytes(bytes);
        wire.writeBytes(bytes);
    }
}
