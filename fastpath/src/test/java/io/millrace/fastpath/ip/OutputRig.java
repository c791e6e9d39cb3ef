package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** IP's way out over a port that keeps what it is given. Thread: the test's. */
final class OutputRig implements AutoCloseable {
    private static final long MAC = 0x0200_0000_0001L;
    private static final int LINK_HEADER = 14;
    private static final Set<Counter> TOTALS = EnumSet.of(Counter.FRAMES_TRANSMITTED, Counter.BYTES_TRANSMITTED,
            Counter.FRAMES_LOCAL);

    private final QueuePort port;
    private final EngineCounters counters = new EngineCounters();
    private final MemoryRegion memory = MemoryRegion.allocate("test datagram", 1 << 17);
    private final StandInRoutes routes = StandInRoutes.of(Packet.address(StackDriver.ADDRESS))
            .withBroadcast(Packet.address(StackDriver.BROADCAST));
    private final NeighbourTable neighbours;
    private final TransmitQueue queue;
    private final IpOutput output;
    private boolean identificationsBroken;
    final OutgoingDatagram datagram = new OutgoingDatagram(IpProtocol.UDP)
            .source(0, IpAddress.v4(Packet.address(StackDriver.ADDRESS)));

    /** Without a link layer. */
    OutputRig(final int mtu) {
        this(new QueuePort(mtu), 16);
    }

    private OutputRig(final QueuePort port, final int neighbourQueue) {
        this.port = port;
        neighbours = new NeighbourTable(port, counters, 16, neighbourQueue, 42);
        queue = new TransmitQueue(port, counters, 64, 256);
        output = new IpOutput(port, control(), counters, neighbours, queue,
                new PathMtus(PathMtuSettings.DEFAULT, counters, 42));
    }

    private StandInControl control() {
        return new StandInControl(routes, new StandInIss(1, 0), new StandInPorts(1, 2)) {
            @Override
            public DatagramIdentifications datagramIdentifications() {
                final DatagramIdentifications whole = super.datagramIdentifications();
                return (sourceHi, sourceLo, destinationHi, destinationLo, protocol) -> {
                    if (identificationsBroken) {
                        throw new IllegalStateException("no identification");
                    }
                    return whole.next(sourceHi, sourceLo, destinationHi, destinationLo, protocol);
                };
            }
        };
    }

    /** On an Ethernet of MTU 1,500, with so many places in the queue of a neighbour. */
    static OutputRig ethernet(final int neighbourQueue) {
        return new OutputRig(new QueuePort(1_500, MAC), neighbourQueue);
    }

    long send(final String destination, final byte[] payload) {
        return send(destination, payload, Math.min(8, payload.length));
    }

    /** @param headLength how many of the bytes come in a piece of their own. */
    long send(final String destination, final byte[] payload, final int headLength) {
        Memory.copyFromArray(payload, 0, memory.address(), payload.length);
        datagram.destination(0, IpAddress.v4(Packet.address(destination))).payload(memory.address(), headLength,
                memory.address() + headLength, payload.length - headLength);
        final long hop = output.sendDatagram(datagram, IpOutput.UNKNOWN);
        // what lies in the frames must not depend on the sender's memory any more
        Memory.zero(memory.address(), payload.length);
        return hop;
    }

    /** Frames that this stack sent itself and has not received. */
    int localFrames() {
        return queue.localSize();
    }

    void join(final String group) {
        routes.join(Packet.address(group));
    }

    void resolve(final String neighbour, final long mac) {
        output.onNeighbourResolved(0, 0, IpAddress.v4(Packet.address(neighbour)), mac);
    }

    void blocked(final boolean value) {
        port.blocked(value);
    }

    /** As {@link QueuePort#outputBreaksAfter}. */
    void outputBreaksAfter(final int frames) {
        port.outputBreaksAfter(frames);
    }

    /** While true the control plane throws where it is asked for an identification. */
    void identificationsBroken(final boolean value) {
        identificationsBroken = value;
    }

    /** Takes frames from the pool until so many are left. */
    List<Long> holdAllBut(final int left) {
        final List<Long> held = new ArrayList<>();
        while (port.available() > left) {
            held.add(port.acquire());
        }
        return held;
    }

    void release(final List<Long> held) {
        held.forEach(port::release);
    }

    byte[] poll() {
        queue.flush(0);
        return port.poll();
    }

    List<byte[]> pollAll() {
        final List<byte[]> all = new ArrayList<>();
        for (byte[] packet = poll(); packet != null; packet = poll()) {
            all.add(packet);
        }
        return all;
    }

    /** The address that a frame goes to. */
    static long target(final byte[] frame) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | frame[i] & 0xFF;
        }
        return mac;
    }

    static byte[] withoutLink(final byte[] frame) {
        return Arrays.copyOfRange(frame, LINK_HEADER, frame.length);
    }

    /** Every counter that counted anything, but for the totals. */
    Map<Counter, Long> counters() {
        final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (!TOTALS.contains(counter) && counters.get(counter) != 0) {
                counted.put(counter, counters.get(counter));
            }
        }
        return counted;
    }

    /** Fails where a frame is lost. */
    @Override
    public void close() {
        queue.clear();
        neighbours.clear();
        final int lost = port.frames() - port.available();
        port.close();
        memory.close();
        counters.close();
        if (lost != 0) {
            throw new AssertionError(lost + " frames lost");
        }
    }
}
