package io.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Whole stacks with ARP and control plane. Each seed gives losses, an amount of data each way and a pattern of reading
 * and writing. To replay one: {@code mvn test -pl control-plane -am -Dtest=WholeStackSimulationTest -Dmillrace.test.seed=N}.
 */
class WholeStackSimulationTest {
    private static final int SEEDS = 1_000;
    private static final int PORT = 7;
    private static final int SCRATCH = 16_384;
    private static final long PATIENCE_NS = TimeUnit.HOURS.toNanos(3);
    private static final long SETTLE_NS = TimeUnit.MINUTES.toNanos(30);

    private final Map<String, Long> seen = new TreeMap<>();

    @Test
    void shouldDeliverEveryByteOrFailWithAReason() throws IOException {
        final Long only = Long.getLong("millrace.test.seed");
        // Once for the classes, whose files stay open.
        simulate(0);
        final Set<String> threadsBefore = threads();
        final int descriptorsBefore = descriptors();
        int delivered = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            if (only == null || only == seed) {
                try {
                    delivered += simulate(seed) ? 1 : 0;
                } catch (final AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                }
            }
        }
        if (only == null) {
            assertThat(delivered).as("simulations in which nothing failed").isGreaterThan(SEEDS * 9 / 10);
            assertThat(seen).as("what the wire did").allSatisfy((counter, count) -> assertThat(count).isPositive());
        }
        assertThat(threads()).as("threads").isEqualTo(threadsBefore);
        assertThat(descriptors()).as("open descriptors").isEqualTo(descriptorsBefore);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("millrace")).collect(Collectors.toSet());
    }

    private static int descriptors() {
        final String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    private boolean simulate(final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Faults faults = Faults.builder().loss(random.nextDouble() * 0.2).duplication(random.nextDouble() * 0.1)
                .reordering(random.nextDouble() * 0.2, TimeUnit.MILLISECONDS.toNanos(random.nextInt(1, 30)))
                .corruption(random.nextDouble() * 0.05).delay(random.nextLong(1_000, 20_000_000)).build();
        final long bytesBefore = MemoryRegion.bytesInUse();
        final boolean whole;
        try (MemoryRegion scratch = MemoryRegion.allocate("test scratch", SCRATCH);
                TwoStacks stacks = new TwoStacks(seed, faults);
                NetworkStack.Listener listener = stacks.listen(PORT)) {
            whole = exchange(stacks, listener, scratch.address(), random);
            for (final String counter : List.of("TcpRetransmits", "TcpTimeouts", "TcpBadChecksum", "TcpOutOfOrder",
                    "TcpOverlap", "TcpSynRetransmits", "ArpRequestsSent", "NdSolicitationsSent")) {
                seen.merge(counter, stacks.server.counters().getOrDefault(counter, 0L)
                        + stacks.client.counters().getOrDefault(counter, 0L), Long::sum);
            }
        }
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes left").isEqualTo(bytesBefore);
        return whole;
    }

    private static boolean connect(final TwoStacks stacks, final InetAddress to, final End client) {
        final long handle = stacks.clientCalls().connect(0, 0, 0, IpAddress.hi(to), IpAddress.lo(to), PORT,
                TcpSettings.DEFAULT, client);
        if (handle != 0) {
            client.begin(handle);
        }
        return handle != 0;
    }

    private static boolean exchange(final TwoStacks stacks, final NetworkStack.Listener listener, final long scratch,
            final SplittableRandom random) {
        final int up = random.nextInt(60_000);
        final int down = random.nextInt(60_000);
        final End client = new End(stacks.clientCalls(), scratch, random.split(), up, down);
        final End server = new End(stacks.serverCalls(), scratch, random.split(), down, up);
        final InetAddress to = InetAddress.ofLiteral(random.nextBoolean() ? TwoStacks.SERVER : TwoStacks.SERVER_V6);
        // an address of IPv6 is none before duplicate address detection has found nobody who has it
        assertThat(stacks.runUntil(() -> connect(stacks, to, client), PATIENCE_NS)).as("%s is reached", to).isTrue();
        final boolean over = stacks.runUntil(() -> {
            if (!server.isOpen()) {
                final NetworkStack.Accepted accepted = listener.poll();
                if (accepted != null) {
                    server.begin(accepted.connection());
                    stacks.serverCalls().attach(accepted.connection(), server);
                }
            }
            client.step();
            server.step();
            return client.isOver() && (server.isOver() || !server.isOpen());
        }, PATIENCE_NS);
        assertThat(over).as("both ends are over: client %s, server %s", client, server).isTrue();
        final boolean whole = !client.failed && !server.failed && server.isOpen();
        if (whole) {
            assertThat(client.received).isEqualTo(down);
            assertThat(server.received).isEqualTo(up);
        }
        stacks.runUntil(() -> isEmpty(stacks), SETTLE_NS);
        assertThat(isEmpty(stacks)).as("connections and slab bytes left").isTrue();
        return whole;
    }

    private static boolean isEmpty(final TwoStacks stacks) {
        return stacks.client.engine(0).connections() == 0 && stacks.server.engine(0).connections() == 0
                && stacks.client.engine(0).timeWaits() == 0 && stacks.server.engine(0).timeWaits() == 0
                && stacks.client.engine(0).slabInUse() == 0 && stacks.server.engine(0).slabInUse() == 0;
    }

    /** One end: sends so many bytes of a pattern, expects so many of the same, closes when both are done. */
    private static final class End implements ConnectionHandler {
        private final TcpCalls calls;
        private final long scratch;
        private final SplittableRandom random;
        private final int toSend;
        private final int toReceive;
        private long handle;
        private int sent;
        private boolean outputShut;
        private boolean inputDone;
        private boolean closed;
        int received;
        boolean failed;

        End(final TcpCalls calls, final long scratch, final SplittableRandom random, final int toSend,
                final int toReceive) {
            this.calls = calls;
            this.scratch = scratch;
            this.random = random;
            this.toSend = toSend;
            this.toReceive = toReceive;
        }

        void begin(final long connection) {
            handle = connection;
        }

        boolean isOpen() {
            return handle != 0;
        }

        boolean isOver() {
            return closed || failed;
        }

        @Override
        public void onReady(final long connection, final int events) {
            if ((events & FAILED) != 0) {
                failed = true;
                assertThat(calls.failure(connection).errno()).as("a reason").isNotEmpty();
            }
        }

        void step() {
            if (handle == 0 || isOver()) {
                return;
            }
            send();
            receive();
            if (outputShut && inputDone) {
                calls.close(handle);
                closed = true;
            }
        }

        private void send() {
            if (sent < toSend) {
                final int length = Math.min(toSend - sent, 1 + random.nextInt(4_000));
                for (int i = 0; i < length; i++) {
                    Memory.putByte(scratch + i, pattern(sent + i));
                }
                final int taken = calls.send(handle, scratch, length);
                if (taken > 0) {
                    sent += taken;
                    calls.flush(handle);
                }
            } else if (!outputShut) {
                calls.shutdownOutput(handle);
                outputShut = true;
            }
        }

        private void receive() {
            if (inputDone || random.nextInt(4) == 0) {
                return;
            }
            final int length = calls.receive(handle, scratch, 1 + random.nextInt(SCRATCH));
            for (int i = 0; i < length; i++) {
                assertThat(Memory.getByte(scratch + i)).as("byte %d", received + i)
                        .isEqualTo((byte) pattern(received + i));
            }
            received += Math.max(0, length);
            if (length < 0) {
                assertThat(failed || received == toReceive).as("%d of %d bytes before the end", received, toReceive)
                        .isTrue();
                inputDone = true;
            }
        }

        private static int pattern(final int offset) {
            return offset * 31 + (offset >>> 8);
        }

        @Override
        public String toString() {
            return "sent " + sent + " of " + toSend + ", received " + received + " of " + toReceive + ", state "
                    + calls.state(handle);
        }
    }
}
