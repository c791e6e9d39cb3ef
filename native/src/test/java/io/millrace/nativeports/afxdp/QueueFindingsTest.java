package io.millrace.nativeports.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.afpacket.VethPair;
import io.millrace.nativeports.linux.ReceiveQueues;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of an interface that has other queues than the engines take; its commands do what they say. */
class QueueFindingsTest {
    private static final ReceiveQueues FOUR = new ReceiveQueues(4, true);
    private static final String STEERING = ", or steer flows by ethtool -N";

    @Test
    void shouldFindNothingWhereEachQueueHasAnEngine() {
        assertThat(QueueFindings.of("eth0", FOUR, 0, 4)).isEmpty();
        assertThat(QueueFindings.of("eth0", new ReceiveQueues(0, true), 2, 4)).as("the driver does not say").isEmpty();
    }

    @Test
    void shouldTakeQueuesBehindTheEnginesAway() {
        final PortFinding finding = QueueFindings.of("eth0", FOUR, 0, 2).getFirst();
        assertThat(finding.what())
                .isEqualTo("eth0 has 4 queues, of which 0 to 1 are taken: what arrives at others takes"
                        + " a slower way");
        assertThat(finding.remedy()).isEqualTo("ethtool -L eth0 combined 2" + STEERING);
        assertThat(remedies(new ReceiveQueues(4, false), 0, 2)).containsExactly("ethtool -L eth0 rx 2" + STEERING);
    }

    /** Queues are taken away from the end: no number of them leaves the later ones alone. */
    @Test
    void shouldPlaceFlowsAtTheEnginesWhereThereAreQueuesBefore() {
        assertThat(remedies(FOUR, 2, 2))
                .containsExactly("ethtool -X eth0 start 2 equal 2, leave queue= out" + STEERING);
        assertThat(remedies(FOUR, 1, 2))
                .containsExactly("ethtool -X eth0 start 1 equal 2, leave queue= out" + STEERING);
        assertThat(QueueFindings.of("eth0", FOUR, 3, 1).getFirst().what()).contains("4 queues, of which 3 is taken");
    }

    @Test
    void shouldAskForAQueueForEachEngine() {
        final PortFinding finding = QueueFindings.of("eth0", FOUR, 0, 6).getFirst();
        assertThat(finding.what()).isEqualTo("eth0 has queues for 4 of 6 engines: software shares out what they bring");
        assertThat(remedies(FOUR, 0, 6)).containsExactly("ethtool -L eth0 combined 6");
        assertThat(remedies(FOUR, 3, 2)).containsExactly("ethtool -L eth0 combined 5",
                "ethtool -X eth0 start 3 equal 1, leave queue= out" + STEERING);
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldFindTheQueuesOfAnInterface() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final String more = remedy(pair, "", 2);
            assertThat(more).isEqualTo("ethtool -L ours0 rx 2");
            assertThat(remedy(pair, ",queue=1", 1)).isEqualTo("Change queue=, or: " + more);
            pair.ours.run(more.split(" "));
            assertThat(examine(pair, "", 2)).isEmpty();
            final String less = remedy(pair, "", 1);
            assertThat(less).isEqualTo("ethtool -L ours0 rx 1" + STEERING);
            pair.ours.run(less.substring(0, less.indexOf(',')).split(" "));
            assertThat(examine(pair, "", 1)).isEmpty();
        }
    }

    private static String remedy(final VethPair pair, final String options, final int engines) throws Exception {
        final List<PortFinding> findings = examine(pair, options, engines);
        assertThat(findings).hasSize(1);
        return findings.getFirst().remedy();
    }

    private static List<PortFinding> examine(final VethPair pair, final String options, final int engines)
            throws Exception {
        return pair.ours.call(() -> new AfXdpDeviceProvider()
                .examine(VethPair.request(VethPair.OURS + options, 1_500, engines, true, null)));
    }

    private static List<String> remedies(final ReceiveQueues there, final int first, final int wanted) {
        return QueueFindings.of("eth0", there, first, wanted).stream().map(PortFinding::remedy).toList();
    }
}
