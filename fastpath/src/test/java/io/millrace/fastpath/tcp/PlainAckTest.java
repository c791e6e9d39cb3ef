package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.NeighbourTable;
import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.PathMtus;
import io.millrace.fastpath.ip.TokenBucket;
import io.millrace.fastpath.ip.TransmitQueue;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.timer.TimerNodes;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An acknowledgement alone is the same by the short way as step by step, whatever the connection. */
class PlainAckTest {
    private enum Over {
        IP,
        ETHERNET,
        COMPLETING_PORT
    }

    private static final int GATEWAY = Packet.address("10.0.0.9");
    private static final long GATEWAYS_MAC = 0x0200_0000_0009L;
    private static final int ROUNDS = 8_000;
    private static final long MAC = 0x0200_0000_0001L;
    private static final long PEERS_MAC = 0x0200_0000_0002L;
    private static final long NOW_NS = 7_000_000_000L;
    private static final TcpSettings SETTINGS = TcpSettings.DEFAULT.toBuilder()
            .finInClosing(TcpSettings.FinInClosing.EVERY_ACK).build();
    private static final TcpState[] STATES = {TcpState.SYN_RECEIVED, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2,
            TcpState.CLOSE_WAIT, TcpState.CLOSING, TcpState.LAST_ACK};

    @ParameterizedTest
    @MethodSource("ways")
    void shouldBeWhatTheStepsWrite(final Over over, final Family family) {
        int plain = 0;
        try (Way shortWay = new Way(over, family); Way longWay = new Way(over, family)) {
            final Random ofShort = new Random(over.ordinal());
            final Random ofLong = new Random(over.ordinal());
            for (int round = 0; round < ROUNDS; round++) {
                shortWay.prepare(ofShort);
                longWay.prepare(ofLong);
                plain += shortWay.isPlain() ? 1 : 0;
                shortWay.writer.writeAck(shortWay.tcb());
                longWay.writer.writeAnyAck(longWay.tcb());
                assertThat(shortWay.told()).as("round %s", round).isEqualTo(longWay.told());
            }
        }
        if (over == Over.COMPLETING_PORT) {
            assertThat(plain).isZero();
        } else {
            assertThat(plain).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
        }
    }

    private static Stream<Arguments> ways() {
        return Arrays.stream(Over.values())
                .flatMap(over -> Arrays.stream(Family.values()).map(family -> Arguments.of(over, family)));
    }

    @Test
    void shouldGoTheNewWayOnceTheRouteHasChanged() {
        try (Way way = new Way(Over.ETHERNET, Family.V4)) {
            assertThat(way.plainlyTo()).isEqualTo(PEERS_MAC);
            way.control.routes(Way.routes().withGateway(GATEWAY));
            way.ip.nextHop(0, Way.REMOTE);
            way.ip.onNeighbourResolved(0, 0, IpAddress.v4(GATEWAY), GATEWAYS_MAC);
            assertThat(way.to()).isEqualTo(GATEWAYS_MAC);
            assertThat(way.to()).as("remembered").isEqualTo(GATEWAYS_MAC);
            way.control.routes(Way.routes());
            assertThat(way.to()).as("and back").isEqualTo(PEERS_MAC);
        }
    }

    @Test
    void shouldGoToTheNewMacOfANeighbour() {
        try (Way way = new Way(Over.ETHERNET, Family.V4)) {
            assertThat(way.plainlyTo()).isEqualTo(PEERS_MAC);
            way.ip.onNeighbourResolved(0, 0, Way.REMOTE, GATEWAYS_MAC);
            assertThat(way.to()).isEqualTo(GATEWAYS_MAC);
        }
    }

    /** The connection's entry is another address's by now, and that one's MAC is known. */
    @Test
    void shouldNotGoToTheNeighbourThatHasTheEntryNow() {
        try (Way way = new Way(Over.ETHERNET, Family.V4)) {
            assertThat(way.plainlyTo()).isEqualTo(PEERS_MAC);
            for (int other = 1; other <= Way.NEIGHBOURS; other++) {
                way.ip.nextHop(0, Way.REMOTE + other);
                way.ip.onNeighbourResolved(0, 0, Way.REMOTE + other, GATEWAYS_MAC);
            }
            assertThat(way.to()).as("waits for the neighbour's MAC").isZero();
            way.ip.onNeighbourResolved(0, 0, Way.REMOTE, PEERS_MAC);
            assertThat(way.sent()).isEqualTo(PEERS_MAC);
        }
    }

    /** A connection of an engine's TCP, with what it needs to acknowledge. */
    private static final class Way implements AutoCloseable {
        private static final int NEIGHBOURS = 16;
        private static final long REMOTE = IpAddress.v4(Packet.address(Peer.ADDRESS));

        private final Family family;
        private final long local;
        private final long remote;
        private final EngineCounters counters = new EngineCounters();
        private final QueuePort port;
        private final StandInControl control;
        private final TransmitQueue queue;
        private final IpOutput ip;
        private final ConnectionTable connections = new ConnectionTable(16, 16, 42);
        private final Slab slab = new Slab("rings", 1 << 20, Tcp.SLAB_BLOCK);
        private final TcpContext context;
        private final int index;
        private final long ranges;
        private List<Long> held = List.of();
        final SegmentWriter writer;

        Way(final Over over, final Family family) {
            this.family = family;
            local = family.lo(Packet.address(StackDriver.ADDRESS));
            remote = family.lo(Packet.address(Peer.ADDRESS));
            port = switch (over) {
                case IP -> new QueuePort(1_500);
                case ETHERNET -> new QueuePort(1_500, MAC);
                case COMPLETING_PORT -> QueuePort.completing(1_500);
            };
            control = new StandInControl(routes(), new StandInIss(1, 0), new StandInPorts(1, 2));
            queue = new TransmitQueue(port, counters, 64, 256);
            ip = new IpOutput(port, control, counters, new NeighbourTable(port, counters, NEIGHBOURS, 4, 42), queue,
                    new PathMtus(PathMtuSettings.DEFAULT, counters, 42));
            final TimerWheel timers = new TimerWheel(
                    new TimerNodes(connections.base(), Tcb.LENGTH, Tcb.TIMERS_OFFSET, Tcb.TIMER_SHIFT), 1 << 16,
                    NOW_NS);
            context = new TcpContext(0, control, counters, ip, connections, slab, timers, new TokenBucket(10),
                    new LentFrames(port, 0));
            writer = new SegmentWriter(context);
            index = connections.allocate(SETTINGS).index();
            ranges = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        }

        /** Where an acknowledgement that {@link PlainAck} writes goes. */
        long plainlyTo() {
            final Tcb tcb = tcb();
            tcb.localLo(local);
            tcb.remoteLo(remote);
            tcb.state(TcpState.ESTABLISHED.ordinal());
            tcb.neighbour(ip.current(IpOutput.UNKNOWN, family.hi(), remote));
            ip.onNeighbourResolved(0, family.hi(), remote, PEERS_MAC);
            assertThat(isPlain()).isTrue();
            return to();
        }

        /** MAC that an acknowledgement goes to; 0 where it is not sent. */
        long to() {
            writer.writeAck(tcb());
            return sent();
        }

        /** MAC that the frame goes to which is sent now. */
        long sent() {
            queue.flush(context.nowNs);
            final byte[] frame = port.poll();
            assertThat(port.poll()).isNull();
            return frame == null ? 0 : ByteBuffer.wrap(frame).getLong() >>> Short.SIZE;
        }

        private static StandInRoutes routes() {
            return StandInRoutes.of(Packet.address(StackDriver.ADDRESS));
        }

        Tcb tcb() {
            return connections.wrap(index);
        }

        boolean isPlain() {
            return PlainAck.isPlain(tcb()) && ip.plain().leadsTo(tcb().neighbour());
        }

        /** A connection in the midst of its life, mostly with something unusual about it. */
        void prepare(final Random random) {
            context.nowNs += random.nextInt(1 << 22);
            final Tcb tcb = tcb();
            tcb.localLo(local);
            tcb.remoteLo(remote);
            tcb.localHi(family.hi());
            tcb.remoteHi(family.hi());
            tcb.ports(random.nextInt());
            tcb.state(TcpState.ESTABLISHED.ordinal());
            tcb.flags(
                    Tcb.ACK_NOW | (random.nextBoolean() ? Tcb.TIMESTAMPS : 0) | (random.nextBoolean() ? Tcb.SACK : 0));
            tcb.moreFlags(0);
            tcb.outOfOrder(0);
            receiving(tcb, random);
            sending(tcb, random);
            way(tcb, random);
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                change(tcb, random);
            }
        }

        private static void receiving(final Tcb tcb, final Random random) {
            tcb.rcvNxt(random.nextInt());
            tcb.rcvRead(tcb.rcvNxt() - random.nextInt(1 << 14));
            tcb.lastAckSent(tcb.rcvNxt() - random.nextInt(2) * 1_000);
            tcb.rcvWndRight(tcb.rcvNxt() + random.nextInt(1 << 17));
            tcb.receiveBuffer(1 + random.nextInt(1 << 18));
            tcb.receiveMss(1 + random.nextInt(1_460));
            tcb.receiveShift(random.nextInt(8));
            tcb.quickAcks(random.nextInt(3));
            tcb.tsRecent(random.nextInt());
            tcb.tsOffset(random.nextInt());
        }

        private static void sending(final Tcb tcb, final Random random) {
            tcb.sndUna(random.nextInt());
            tcb.sndNxt(tcb.sndUna() + random.nextInt(2) * random.nextInt(3_000));
            tcb.sndMax(tcb.sndNxt());
            tcb.sndEnd(tcb.sndNxt());
            tcb.sndWnd(3_000 + random.nextInt(1 << 17));
            tcb.trafficClass(random.nextInt(64) << 2);
        }

        private void way(final Tcb tcb, final Random random) {
            if (random.nextInt(8) == 0) {
                // a next hop that is remembered is stale
                control.routes(routes());
            }
            if (random.nextInt(64) == 0) {
                // as a router says
                ip.links().toldHopLimitV6(0, 1 + random.nextInt(255));
            }
            if (random.nextInt(8) > 0) {
                tcb.neighbour(ip.current(tcb.neighbour(), family.hi(), remote));
                ip.onNeighbourResolved(0, family.hi(), remote, PEERS_MAC);
            }
        }

        private void change(final Tcb tcb, final Random random) {
            switch (random.nextInt(12)) {
                case 0 -> tcb.flags(tcb.flags() ^ 1 << random.nextInt(32));
                case 1 -> {
                    tcb.state(STATES[random.nextInt(STATES.length)].ordinal());
                    tcb.sndEnd(tcb.sndNxt() - random.nextInt(2));
                }
                case 2 -> tcb.moreFlags(1 << random.nextInt(16));
                case 3 -> {
                    OutOfOrderRanges.init(ranges, OutOfOrderRanges.FIRST_LENGTH);
                    OutOfOrderRanges.add(ranges, tcb.rcvNxt() + 10, tcb.rcvNxt() + 20);
                    tcb.outOfOrder(ranges);
                }
                case 4 -> tcb.sndWnd(random.nextInt(1_000));
                case 5 -> {
                    tcb.sndMax(tcb.sndNxt() + 1);
                    tcb.set(random.nextBoolean() ? Tcb.PROBING : 0);
                }
                case 6 ->
                    tcb.neighbour(new long[]{IpOutput.UNKNOWN, IpOutput.NO_ROUTE, IpOutput.LOCAL}[random.nextInt(3)]);
                case 7 -> tcb.remoteLo(remote + random.nextInt(3));
                case 8 -> {
                    tcb.localHi(0xFD00L << 48);
                    tcb.remoteHi(0xFD00L << 48);
                }
                case 9 -> context.timers.schedule(tcb.timer(Tcb.TIMER_ACK), context.nowNs + 40_000_000L);
                case 10 -> hold();
                default -> tcb.set(random.nextBoolean() ? Tcb.ECE_OWED : Tcb.PROBING);
            }
        }

        private void hold() {
            held = new ArrayList<>();
            while (port.available() > 0) {
                held.add(port.acquire());
            }
        }

        /** What left, what was counted, and the connection's record; afterwards the connection owes nothing. */
        List<String> told() {
            final List<String> told = new ArrayList<>();
            // new routes have been noticed by now, be it without a frame that could leave
            ip.current(IpOutput.UNKNOWN, family.hi(), remote);
            queue.flush(context.nowNs);
            for (byte[] packet = port.poll(); packet != null; packet = port.poll()) {
                told.add(Arrays.toString(packet));
            }
            for (final Counter counter : Counter.values()) {
                told.add(counter + " " + counters.get(counter));
            }
            final Tcb tcb = tcb();
            told.add(tcb.outOfOrder() != 0 ? "ranges" : "");
            tcb.outOfOrder(0);
            final byte[] record = new byte[Tcb.LENGTH];
            Memory.copyToArray(connections.base() + (long) index * Tcb.LENGTH, record, 0, record.length);
            told.add(Arrays.toString(record));
            told.add(context.timers.isArmed(tcb.timer(Tcb.TIMER_ACK)) + " " + context.timers.nextDeadlineNs());
            told.add(queue.localSize() + " " + context.lists.outputSize() + " " + port.available());
            held.forEach(port::release);
            held = List.of();
            while (queue.localSize() > 0) {
                port.release(queue.pollLocal());
            }
            while (context.lists.outputSize() > 0) {
                context.lists.pollOutput();
            }
            context.timers.cancel(tcb.timer(Tcb.TIMER_ACK));
            return told;
        }

        @Override
        public void close() {
            writer.releaseBegun();
            context.timers.close();
            connections.close();
            slab.close();
            counters.close();
            port.close();
        }
    }
}
