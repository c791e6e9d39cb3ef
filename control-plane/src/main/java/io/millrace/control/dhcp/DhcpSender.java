package io.millrace.control.dhcp;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.UdpHeader;

/** Messages on their way to the first engine. Thread: who holds the client's lock. */
final class DhcpSender implements AutoCloseable {
    static final int EVERYBODY = -1;

    private static final int CLIENT_PORT = 68;
    private static final int SERVER_PORT = 67;

    private final EngineCommands engine;
    private final int link;
    private final ControlCounters counters;
    private final MemoryRegion datagram = MemoryRegion.allocate("DHCP message", EngineCommands.MAX_DATAGRAM_LENGTH);
    private final UdpHeader udp = new UdpHeader();
    private boolean closed;

    DhcpSender(final EngineCommands engine, final int link, final ControlCounters counters) {
        this.engine = engine;
        this.link = link;
        this.counters = counters;
    }

    /**
     * Sends a message.
     *
     * @param source      own address, 0 for none.
     * @param destination a server, or {@link #EVERYBODY}.
     * @param linkDestination as of {@link EngineCommands#transmitDatagram}.
     */
    void send(final byte[] message, final int source, final int destination, final long linkDestination) {
        if (closed) {
            return;
        }
        final long address = datagram.address();
        final int length = UdpHeader.LENGTH + message.length;
        UdpHeader.write(address, CLIENT_PORT, SERVER_PORT, length);
        Memory.copyFromArray(message, 0, address + UdpHeader.LENGTH, message.length);
        udp.wrapUnchecked(address)
                .updateChecksum(Checksum.pseudoHeaderV4(source, destination, IpProtocol.UDP, length));
        if (engine.transmitDatagram(link, source, destination, linkDestination, address, length)) {
            counters.increment(ControlCounter.DHCP_SENT);
        }
    }

    @Override
    public void close() {
        closed = true;
        datagram.close();
    }
}
