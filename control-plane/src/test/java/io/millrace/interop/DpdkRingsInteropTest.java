package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.nativeports.dpdk.RequiresDpdk;
import io.millrace.nativeports.dpdk.Rings;
import io.millrace.services.EchoHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two whole stacks of one JVM on crossed rings of DPDK: what one sends are the mbufs that the other receives. */
@RequiresDpdk("net_ring")
@ParameterizedClass(name = "{0}")
@EnumSource(Family.class)
@Timeout(60)
class DpdkRingsInteropTest {
    private static final int TIMEOUT_S = 20;
    private static final int RING = 1_024;
    private static final int MIB = 1 << 20;

    private static ResourceLeakDetector.Level leakDetection;

    private final Leftovers leftovers = new Leftovers();

    @Parameter
    private Family family;
    private Rings rings;
    private RingEnd server;
    private RingEnd client;

    /** Before the first test counts descriptors, as EAL keeps some. */
    @BeforeAll
    static void startEal() throws Exception {
        leakDetection = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        Rings.startEal();
    }

    @AfterAll
    static void trackAsBefore() {
        ResourceLeakDetector.setLevel(leakDetection);
    }

    private void launch(final int engines, final String settings) throws Exception {
        rings = new Rings(RING, engines);
        final String all = "millrace.threading.engines = " + engines + "\n" + settings;
        server = new RingEnd("dpdk:" + rings.argument(0), family.stack, family.prefixLength(), all);
        client = new RingEnd("dpdk:" + rings.argument(1), family.kernel, family.prefixLength(), all);
    }

    @AfterEach
    void shouldLeaveNothingBehind() throws Exception {
        try {
            for (final RingEnd end : List.of(server, client)) {
                Await.until("no connection is left", () -> end.onEngines(StackEngine::connections) == 0);
                assertThat(end.onEngines(StackEngine::slabInUse)).as("bytes of the slab in use").isZero();
                assertThat(end.counter("Exceptions")).isZero();
            }
        } finally {
            server.close();
            client.close();
            rings.close();
        }
        leftovers.assertNone();
    }

    private ChannelProbe connect(final int port) {
        final ChannelProbe probe = new ChannelProbe();
        client.connect(server, port, probe).syncUninterruptibly();
        return probe;
    }

    @ParameterizedTest(name = "MTU {0}")
    @ValueSource(ints = {1_500, 9_000})
    void shouldEchoEveryByte(final int mtu) throws Exception {
        launch(1, "millrace.port.mtu = " + mtu);
        server.serve(7, EchoHandler::new);
        final ChannelProbe probe = connect(7);
        probe.send(64L * MIB);
        probe.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(probe.received).isEqualTo(64L * MIB);
        assertThat(probe.corrupt).isFalse();
        probe.channel().close().syncUninterruptibly();
    }

    /** The frames that the application of one stack reads from are mbufs of the other's. */
    @Test
    void shouldLendTheOtherEndsMbufsToTheApplication() throws Exception {
        launch(1, "millrace.tcp.zero-copy-receive = 1000");
        final ChannelProbe receiver = new ChannelProbe();
        server.serve(9, () -> receiver);
        final ChannelProbe sender = connect(9);
        sender.send(MIB);
        receiver.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(receiver.received).isEqualTo(MIB);
        assertThat(receiver.corrupt).isFalse();
        assertThat(server.counter(Counter.TCP_FRAMES_LENT.label())).as("frames lent").isPositive();
        receiver.channel().close().syncUninterruptibly();
        sender.channel().close().syncUninterruptibly();
    }

    @Test
    void shouldCloseHalfByHalf() throws Exception {
        launch(1, "");
        final ChannelProbe there = new ChannelProbe();
        server.serve(80, () -> there);
        final ChannelProbe here = connect(80);
        here.send(MIB);
        there.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(there.received).isEqualTo(MIB);
        assertThat(((DuplexChannel) here.channel()).isOutputShutdown()).isTrue();
        there.send(5L * MIB);
        here.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(here.received).isEqualTo(5L * MIB);
        assertThat(here.corrupt || there.corrupt).isFalse();
        there.channel().close().syncUninterruptibly();
        here.channel().close().syncUninterruptibly();
        Await.until("the connection is gone", () -> client.onEngines(StackEngine::connections) == 0);
        assertThat(client.onEngines(StackEngine::timeWaits)).as("who closes first waits").isEqualTo(1);
        assertThat(server.onEngines(StackEngine::timeWaits)).isZero();
    }

    @Test
    void shouldResetTheOtherEnd() throws Exception {
        launch(1, "");
        final ChannelProbe there = new ChannelProbe();
        server.serve(80, () -> there);
        final Channel here = connect(80).channel();
        there.channel();
        here.config().setOption(ChannelOption.SO_LINGER, 0);
        here.close().syncUninterruptibly();
        there.inactive.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(there.exceptions).hasSize(1);
        assertThat(there.exceptions.getFirst()).hasMessageContaining("reset");
    }

    /** Queue i of one port leads to queue i of the other, so an answer comes to the engine that asked. */
    @ParameterizedTest(name = "{0} engine(s)")
    @ValueSource(ints = {1, 2})
    void shouldEchoOnHundredsOfConnections(final int engines) throws Exception {
        launch(engines, "");
        server.serve(7, EchoHandler::new);
        final List<ChannelProbe> probes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            probes.add(connect(7));
        }
        for (final ChannelProbe probe : probes) {
            probe.send(10_000);
        }
        for (final ChannelProbe probe : probes) {
            probe.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
            assertThat(probe.received).isEqualTo(10_000);
            assertThat(probe.corrupt).isFalse();
            probe.channel().close().syncUninterruptibly();
        }
        for (int i = 0; i < engines; i++) {
            assertThat(server.stack.engine(i).counters().get(Counter.TCP_BYTES_RECEIVED)).as("engine " + i)
                    .isPositive();
        }
        assertThat(server.counter("TcpFailed") + client.counter("TcpFailed")).isZero();
    }

    /** The other end's frames are here, ours there: whoever closes first leaves the other what it has. */
    @Test
    void shouldGoOnWhereTheOtherStackIsClosed() throws Exception {
        launch(1, "");
        final ChannelProbe there = new ChannelProbe();
        server.serve(80, () -> there);
        final ChannelProbe here = connect(80);
        there.channel();
        there.send(64L * MIB);
        Await.until("something has come", () -> here.received > MIB);
        server.stack.close();
        here.inactive.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(here.corrupt).isFalse();
        there.inactive.get(TIMEOUT_S, TimeUnit.SECONDS);
    }
}
