package io.millrace.fastpath.udp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stack in virtual time and endpoints of it, as a test uses them. */
final class EndpointRig implements AutoCloseable {
    final StackDriver stack;
    private int events;

    EndpointRig() {
        this(new StackDriver());
    }

    EndpointRig(final EngineSettings settings, final QueuePort port) {
        this(new StackDriver(settings, port));
    }

    private EndpointRig(final StackDriver stack) {
        this.stack = stack;
    }

    DatagramEndpoint open() {
        return stack.engine().udp().open(told -> events |= told);
    }

    DatagramEndpoint bind(final String address, final int port) throws BindException {
        return bind(address, port, false);
    }

    DatagramEndpoint bind(final String address, final int port, final boolean reuse) throws BindException {
        final DatagramEndpoint endpoint = open();
        endpoint.bind(0, address(address), port, reuse);
        return endpoint;
    }

    /** An endpoint at the stack's own address, connected. */
    DatagramEndpoint connect(final String address, final int port) throws BindException {
        final DatagramEndpoint endpoint = bind(StackDriver.ADDRESS, 5_000);
        if (endpoint.connect(0, address(address), port) != SendResult.SENT) {
            throw new AssertionError("not connected");
        }
        return endpoint;
    }

    static long address(final String text) {
        return IpAddress.v4(Packet.address(text));
    }

    SendResult send(final DatagramEndpoint endpoint, final String text) {
        final SendResult result = endpoint.send(stack.scratch(), put(text.getBytes(StandardCharsets.US_ASCII)));
        stack.run();
        return result;
    }

    SendResult sendTo(final DatagramEndpoint endpoint, final String address, final int port, final byte[] bytes) {
        return sendTo(endpoint, 0, address(address), port, bytes);
    }

    SendResult sendTo(final DatagramEndpoint endpoint, final long hi, final long lo, final int port,
            final byte[] bytes) {
        final SendResult result = endpoint.send(hi, lo, port, stack.scratch(), put(bytes));
        stack.run();
        return result;
    }

    SendResult sendTo(final DatagramEndpoint endpoint, final String address, final int port, final String text) {
        return sendTo(endpoint, address, port, text.getBytes(StandardCharsets.US_ASCII));
    }

    private int put(final byte[] bytes) {
        Memory.copyFromArray(bytes, 0, stack.scratch(), bytes.length);
        return bytes.length;
    }

    /** The next datagram's text; null where none waits. */
    static @Nullable String receive(final StackDriver stack, final DatagramEndpoint endpoint) {
        final int length = endpoint.receive(stack.scratch(), 65_536);
        if (length == DatagramEndpoint.NOTHING) {
            return null;
        }
        final byte[] bytes = new byte[length];
        Memory.copyToArray(stack.scratch(), bytes, 0, length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Nullable
    String receive(final DatagramEndpoint endpoint) {
        return receive(stack, endpoint);
    }

    List<String> receiveAll(final DatagramEndpoint endpoint) {
        final List<String> all = new ArrayList<>();
        for (String next = receive(endpoint); next != null; next = receive(endpoint)) {
            all.add(next);
        }
        return all;
    }

    /** What endpoints were told since the last question. */
    int takeEvents() {
        final int told = events;
        events = 0;
        return told;
    }

    /** The next datagram that the stack sent. */
    Datagram sent() {
        final byte[] packet = stack.port().poll();
        if (packet == null) {
            throw new AssertionError("the stack sent nothing");
        }
        return Datagram.of(packet);
    }

    boolean sentNothing() {
        return stack.port().poll() == null;
    }

    long counter(final Counter counter) {
        return stack.counter(counter);
    }

    @Override
    public void close() {
        stack.close();
    }
}
