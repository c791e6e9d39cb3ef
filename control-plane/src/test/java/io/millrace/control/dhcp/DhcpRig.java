package io.millrace.control.dhcp;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client in virtual time; the test plays the server and the neighbours. Thread: one. */
final class DhcpRig implements AutoCloseable {
    static final long MAC = 0x02_4D_52_00_00_07L;
    static final long SERVER_MAC = 0x02_AA_BB_CC_DD_EEL;

    final Deque<ClientSaid> said = new ArrayDeque<>();
    final List<String> leases = new ArrayList<>();
    final ControlCounters counters = new ControlCounters();
    final DhcpClient client;
    @Nullable
    Lease lease;
    long nowNs;
    private final MemoryRegion scratch = MemoryRegion.allocate("test message", 2_048);

    DhcpRig() {
        this(1, new DhcpSettings(0, MAC, "mill", true));
    }

    DhcpRig(final long seed, final DhcpSettings settings) {
        // also with a clock that is negative
        nowNs = seed % 2 == 0 ? 0 : -TimeUnit.DAYS.toNanos(1);
        client = new DhcpClient(settings, new Wire(), this::onLease, new SplittableRandom(seed), counters);
    }

    DhcpRig(final LeaseHolder holder) {
        client = new DhcpClient(new DhcpSettings(0, MAC, "", true), new Wire(), holder, new SplittableRandom(1),
                counters);
    }

    private void onLease(final @Nullable Lease before, final @Nullable Lease now, final String reason) {
        lease = now;
        leases.add((now == null ? "lost " + (before == null ? "" : before.cidr()) : "got " + now.cidr()) + ", "
                + reason);
    }

    /** Goes to the next deadline and does what is due; returns how long it took, in milliseconds. */
    long next() {
        final long startNs = nowNs;
        nowNs = Math.max(nowNs, client.nextDeadlineNs());
        client.doWork(nowNs);
        return TimeUnit.NANOSECONDS.toMillis(nowNs - startNs);
    }

    /** Goes from deadline to deadline until the client has said something. */
    ClientSaid untilSaid() {
        for (int i = 0; said.isEmpty() && i < 100; i++) {
            next();
        }
        return said.remove();
    }

    /** The server's message reaches the client. */
    void answer(final ServerSays message) {
        answer(message.toBytes());
    }

    void answer(final byte[] bytes) {
        Memory.copyFromArray(bytes, 0, scratch.address(), bytes.length);
        client.onMessage(SERVER_MAC, scratch.address(), bytes.length, nowNs);
    }

    /** Through discovery and request to a lease whose address nobody else has. */
    void bind(final ServerSays template) {
        bindUntried(template);
        client.onTried(true);
    }

    /** The same, but the address is not tried. */
    void bindUntried(final ServerSays template) {
        final ClientSaid discover = untilSaid();
        answer(template.type(DhcpOption.OFFER).xid(discover.xid()));
        final ClientSaid request = untilSaid();
        answer(template.type(DhcpOption.ACK).xid(request.xid()));
    }

    long count(final ControlCounter counter) {
        return counters.get(counter);
    }

    @Override
    public void close() {
        client.close();
        scratch.close();
    }

    private final class Wire implements EngineCommands {
        @Override
        public boolean transmitDatagram(final int link, final int source, final int destination,
                final long linkDestination,
                final long address, final int length) {
            final byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            said.add(ClientSaid.of(source, destination, linkDestination, ByteBuffer.wrap(bytes)));
            return true;
        }

        @Override
        public boolean transmitArp(final int link, final int operation, final long senderMac, final int senderIp,
                final long targetMac, final int targetIp) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean neighbourResolved(final int link, final long hi, final long lo, final long mac) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean neighbourFailed(final int link, final long hi, final long lo) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean neighbourForgotten(final int link, final long hi, final long lo) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean transmitIgmp(final int link, final int source, final int destination, final long address,
                final int length) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean linkMtuV6(final int link, final int mtu) {
            return true;
        }

        @Override
        public boolean linkMtuV4(final int link, final int mtu) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean linkHopLimitV6(final int link, final int hopLimit) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean addressesRemoved() {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean listenerClosed(final int listenerId) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean abort(final long connection) {
            throw new AssertionError("not the client's business");
        }

        @Override
        public boolean closeEndpoint(final int endpoint) {
            throw new AssertionError("not the client's business");
        }
    }
}
