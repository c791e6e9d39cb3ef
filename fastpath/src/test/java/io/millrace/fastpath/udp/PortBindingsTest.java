package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.StackDriver;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many endpoints on one port. */
class PortBindingsTest {
    private static final int PORT = 5_000;
    private static final int FIRST_PEER = 20_000;

    private final EndpointRig rig = new EndpointRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldGiveEachPeersDatagramsToItsOwnEndpointHoweverManyThereAre() throws Exception {
        final List<DatagramEndpoint> endpoints = new ArrayList<>();
        final DatagramEndpoint others = rig.bind("0.0.0.0", PORT, true);
        for (int peer = 0; peer < 300; peer++) {
            final DatagramEndpoint endpoint = rig.bind("0.0.0.0", PORT, true);
            endpoint.connect(0, EndpointRig.address("10.0.0.2"), FIRST_PEER + peer);
            endpoints.add(endpoint);
        }
        for (int peer = 299; peer >= 0; peer--) {
            from(FIRST_PEER + peer, "" + peer);
        }
        from(FIRST_PEER + 300, "nobody's");
        for (int peer = 0; peer < 300; peer++) {
            assertThat(rig.receiveAll(endpoints.get(peer))).containsExactly("" + peer);
        }
        assertThat(rig.receiveAll(others)).containsExactly("nobody's");
        endpoints.get(7).close();
        from(FIRST_PEER + 7, "late");
        assertThat(rig.receiveAll(others)).containsExactly("late");
    }

    /** The index finds what a look at each finds. */
    @Test
    void shouldFindAmongManyWhatIsFoundAmongFew() {
        final Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            final Binding[] all = new Binding[9 + random.nextInt(40)];
            for (int i = 0; i < all.length; i++) {
                final DatagramEndpoint endpoint = rig.open();
                final boolean connected = random.nextBoolean();
                all[i] = new Binding(endpoint, 0, address(random), PORT, 0, connected ? random.nextInt(4) : 0,
                        connected ? 1 + random.nextInt(3) : 0, true, false, Memberships.NONE);
                endpoint.close();
            }
            final PortBindings bindings = new PortBindings(all);
            for (int i = 0; i < 50; i++) {
                final long to = address(random);
                final long from = random.nextInt(4);
                final int port = 1 + random.nextInt(3);
                assertThat(bindings.find(0, to, 0, from, port, 0)).isSameAs(oneByOne(all, to, from, port));
            }
        }
    }

    private static long address(final Random random) {
        return EndpointRig.address(List.of("0.0.0.0", "10.0.0.1", "10.0.0.9").get(random.nextInt(3)));
    }

    private static Binding oneByOne(final Binding[] all, final long to, final long from, final int port) {
        Binding best = null;
        for (final Binding each : all) {
            final int rank = each.rank(0, to, 0, from, port);
            if (rank > 0 && (best == null || rank >= best.rank(0, to, 0, from, port))) {
                best = each;
            }
        }
        return best;
    }

    @Test
    void shouldDivideFlowsAmongThoseThatShareThePort() throws Exception {
        final List<DatagramEndpoint> sharing = List.of(sharing(), sharing(), sharing());
        for (int flow = 0; flow < 300; flow++) {
            from(FIRST_PEER + flow, "first of " + flow);
        }
        final List<List<String>> first = new ArrayList<>();
        for (final DatagramEndpoint endpoint : sharing) {
            first.add(rig.receiveAll(endpoint));
        }
        assertThat(first.stream().mapToInt(List::size).sum()).isEqualTo(300);
        assertThat(first).allSatisfy(share -> assertThat(share).hasSizeBetween(60, 140));
        for (int flow = 0; flow < 300; flow++) {
            from(FIRST_PEER + flow, "first of " + flow);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(rig.receiveAll(sharing.get(i))).as("a flow stays where it is").isEqualTo(first.get(i));
        }
    }

    @Test
    void shouldShareAPortOnlyWithWhoDoesToo() throws Exception {
        sharing();
        assertThatThrownBy(() -> rig.bind("0.0.0.0", PORT, true)).isInstanceOf(BindException.class);
        sharing();
    }

    private DatagramEndpoint sharing() throws BindException {
        final DatagramEndpoint endpoint = rig.open();
        endpoint.sharePort(true);
        endpoint.bind(0, EndpointRig.address("0.0.0.0"), PORT, false);
        return endpoint;
    }

    private void from(final int port, final String text) {
        rig.stack.inject(Datagram.toStack(PORT, text).from("10.0.0.2", port).toBytes());
    }
}
