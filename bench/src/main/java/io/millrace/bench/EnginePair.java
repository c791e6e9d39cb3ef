package io.millrace.bench;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Arrays;
import org.agrona.CloseHelper;

/** A client's and a server's engine, joined by links in memory and driven by one thread, in virtual time. */
final class EnginePair implements AutoCloseable {
    private static final int CLIENT = 0x0A00_0001;
    private static final int SERVER = 0x0A00_0002;
    private static final int BUFFER = 4 << 20;
    private static final int SCRATCH = 256 * 1_024;
    private static final long MSL_NS = 20_000_000L;
    /** Virtual time of a turn of both. */
    private static final long TURN_NS = 1_000;
    private static final int MAX_TURNS = 1_000_000;

    private final MemoryLink[] links;
    private final StackEngine client;
    private final StackEngine server;
    private final BenchControl control;
    private final TcpSettings settings;
    private final MemoryRegion scratch = MemoryRegion.allocate("benchmark application", SCRATCH);
    private final ConnectionHandler atClient = this::onClient;
    private final ConnectionHandler atServer = this::onServer;
    private long nowNs = 1_000_000_000L;
    private long streaming;
    private long received;
    private long closed;

    /** Over one link without a link layer. */
    EnginePair(final boolean offloads) {
        this(MemoryLink.builder().ethernet(false).offloads(offloads).build());
    }

    /** Over the last of so many Ethernets. */
    static EnginePair linked(final int count, final boolean offloads) {
        final MemoryLink[] links = new MemoryLink[count];
        Arrays.setAll(links, link -> MemoryLink.builder().offloads(offloads).build());
        return new EnginePair(links);
    }

    private EnginePair(final MemoryLink... links) {
        this.links = links;
        settings = TcpSettings.DEFAULT.toBuilder().mslNs(MSL_NS).autotune(false).sendBuffer(BUFFER)
                .receiveBuffer(BUFFER).build();
        final EngineSettings sizes = new EngineSettings(1_024, 65_536, 64 << 20, 64, 1 << 16, 16, 4, 1_000);
        control = new BenchControl(SERVER, settings);
        final BenchControl clientControl = new BenchControl(CLIENT, settings);
        client = new StackEngine(0, sizes, port(0), clientControl, () -> nowNs);
        server = new StackEngine(1, sizes, port(1), control, () -> nowNs);
        clientControl.neighbours(links.length - 1, (on, hi, lo) -> resolve(client, 1, on, hi, lo));
        control.neighbours(links.length - 1, (on, hi, lo) -> resolve(server, 0, on, hi, lo));
    }

    private PacketPort port(final int side) {
        return new PortGroup(Arrays.stream(links).map(link -> link.side(side)).toList()).queue(0);
    }

    private void resolve(final StackEngine engine, final int otherSide, final int link, final long hi, final long lo) {
        engine.commands().neighbourResolved(link, hi, lo,
                links[link].side(otherSide).queue(0).capabilities().macAddress());
    }

    /** Connects, sends one byte each way and closes both ends, the client first. */
    long oneByteConnection() {
        final long before = closed;
        connect();
        for (int turns = 0; closed == before; turns++) {
            turn();
            accept();
            if (turns == MAX_TURNS) {
                throw new IllegalStateException("not closed after " + turns + " turns");
            }
        }
        return closed;
    }

    /** Opens the connection of a stream. */
    void openStream() {
        streaming = connect();
        for (int turns = 0; client.tcp().sendSpace(streaming) == 0 || !accept(); turns++) {
            turn();
            if (turns == MAX_TURNS) {
                throw new IllegalStateException("not connected after " + turns + " turns");
            }
        }
    }

    /** Sends on the stream until the server's application has received so many bytes more. */
    long stream(final long bytes) {
        final TcpCalls tcp = client.tcp();
        final long until = received + bytes;
        while (received < until) {
            if (tcp.sendSpace(streaming) >= SCRATCH) {
                tcp.send(streaming, scratch.address(), SCRATCH);
                tcp.flush(streaming);
            }
            turn();
        }
        return received;
    }

    /** Segments that the client has sent; virtual ones count as one. */
    long sentByClient() {
        return client.counters().get(Counter.TCP_SEGMENTS_SENT);
    }

    /** The same of the server. */
    long sentByServer() {
        return server.counters().get(Counter.TCP_SEGMENTS_SENT);
    }

    private void turn() {
        nowNs += TURN_NS;
        client.doWork();
        server.doWork();
    }

    private long connect() {
        final long handle = client.tcp().connect(0, 0, 0, 0, IpAddress.v4(SERVER), BenchControl.PORT, settings,
                atClient);
        if (handle == 0) {
            throw new IllegalStateException("connect: " + client.tcp().failure(0));
        }
        return handle;
    }

    private boolean accept() {
        final long accepted = control.listener().poll();
        return accepted != 0 && server.tcp().attach(accepted, atServer);
    }

    private void onClient(final long connection, final int events) {
        final TcpCalls tcp = client.tcp();
        if ((events & ConnectionHandler.CONNECTED) != 0 && streaming == 0) {
            tcp.send(connection, scratch.address(), 1);
            tcp.flush(connection);
        }
        if ((events & ConnectionHandler.READABLE) != 0 && tcp.receive(connection, scratch.address(), SCRATCH) > 0) {
            tcp.close(connection);
        }
    }

    private void onServer(final long connection, final int events) {
        final TcpCalls tcp = server.tcp();
        final int length = tcp.receive(connection, scratch.address(), SCRATCH);
        if (length > 0) {
            received += length;
            if (streaming == 0) {
                tcp.send(connection, scratch.address(), 1);
                tcp.flush(connection);
            }
        }
        if ((events & ConnectionHandler.PEER_CLOSED) != 0) {
            tcp.close(connection);
            closed++;
        }
    }

    @Override
    public void close() {
        client.requestClose();
        server.requestClose();
        CloseHelper.closeAll(links);
        scratch.close();
    }
}
