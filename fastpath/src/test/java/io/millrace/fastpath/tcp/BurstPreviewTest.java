package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the preview finds what the segments are for; what it is good for is to be seen in {@code EngineBenchmark}. */
@OverBothFamilies
class BurstPreviewTest {
    private static final int OURS = 0x0A00_0001;
    private static final int PEER = 0x0A00_0002;
    private static final long SITE = 0xFD00L << 48;
    private static final int PORT = 80;
    private static final int MANY = BurstPreview.CACHED + 2;

    private final ConnectionTable connections = new ConnectionTable(MANY, 16, 42);
    private final FramePool pool = new FramePool("test", 4, 2_048);
    private final long[] frames = {pool.acquire(), pool.acquire(), pool.acquire(), pool.acquire()};

    @AfterEach
    void close() {
        connections.close();
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindWhatTheSegmentsOfABurstAreFor(final boolean linkLayer) {
        open(MANY - 1);
        timeWait();
        segment(frames[0], 1_000, linkLayer);
        segmentV6(frames[1], 1_001, linkLayer);
        segment(frames[2], 999, linkLayer);
        segment(frames[3], 1_000 + MANY - 2, linkLayer);
        final BurstPreview preview = new BurstPreview(frames.length, connections, linkLayer);
        assertThat(preview.look(frames, 4)).as("a connection, one of IPv6, none, one in TIME_WAIT").isEqualTo(3);
        assertThat(preview.look(frames, 3)).isEqualTo(2);
        assertThat(new BurstPreview(frames.length, connections, !linkLayer).look(frames, 4)).isZero();
        Memory.putByte(Frame.data(frames[0]) + (linkLayer ? 14 : 0) + Ipv4Header.PROTOCOL_OFFSET, IpProtocol.UDP);
        assertThat(preview.look(frames, 4)).isEqualTo(2);
    }

    @Test
    void shouldNotLookWhereNothingIsToBeGained() {
        open(BurstPreview.CACHED);
        segment(frames[0], 1_000, false);
        segment(frames[1], 1_002, false);
        final BurstPreview preview = new BurstPreview(frames.length, connections, false);
        assertThat(preview.look(frames, 2)).as("the connections fit a cache").isZero();
        open(1);
        assertThat(preview.look(frames, 2)).isEqualTo(2);
        assertThat(preview.look(frames, 1)).as("its cache lines all at once").isEqualTo(1);
    }

    /** As large as the engine's settings say, which nobody has to keep to what a configuration may say. */
    @Test
    void shouldLookAtEveryFrameOfALargeBurst() {
        open(MANY);
        segment(frames[0], 1_000, false);
        final long[] burst = new long[300];
        Arrays.fill(burst, frames[0]);
        assertThat(new BurstPreview(burst.length, connections, false).look(burst, burst.length)).isEqualTo(300);
    }

    /** The record of a connection that is over still has its key, and the guess is older. */
    @Test
    void shouldNotLeadToAConnectionThatIsOverSince() {
        open(MANY - 1);
        segment(frames[0], 1_000, false);
        segment(frames[1], 1_002, false);
        final BurstPreview preview = new BurstPreview(frames.length, connections, false);
        preview.look(frames, 2);
        preview.onFrame(0);
        assertThat(find(1_000)).isZero();
        end(0);
        end(2);
        assertThat(find(1_000)).as("the one that came last").isEqualTo(ConnectionTable.NONE);
        preview.onFrame(1);
        assertThat(find(1_002)).as("the one that should come next").isEqualTo(ConnectionTable.NONE);
    }

    /** The shell of such a connection keeps its key. */
    @Test
    void shouldLeadToTheRecordOfTimeWaitThatTookAConnectionsPlace() {
        open(1);
        assertThat(find(1_000)).isZero();
        assertThat(connections.replaceByTimeWait(connections.wrap(0), 0, 0, 1)).isTrue();
        assertThat(find(1_000)).isLessThan(ConnectionTable.NONE);
    }

    @Test
    void shouldNotMatterWhereItGuessedWrong() {
        open(MANY);
        segment(frames[0], 1_000, false);
        segment(frames[1], 1_002, false);
        final BurstPreview preview = new BurstPreview(frames.length, connections, false);
        preview.look(frames, 2);
        preview.onFrame(1);
        assertThat(find(1_000)).isZero();
        preview.onFrame(0);
        assertThat(find(999)).isEqualTo(ConnectionTable.NONE);
        assertThat(find(1_000)).isZero();
    }

    private int find(final int peerPort) {
        return connections.find(0, IpAddress.v4(OURS), 0, IpAddress.v4(PEER), PORT << 16 | peerPort);
    }

    private void end(final int index) {
        final Tcb tcb = connections.wrap(index);
        connections.remove(tcb);
        connections.free(tcb);
    }

    /** Every second one of IPv6; the peers' ports count from 1,000. */
    private void open(final int count) {
        for (int i = 0; i < count; i++) {
            final Tcb tcb = connections.allocate(TcpSettings.DEFAULT);
            final boolean v6 = (tcb.index() & 1) != 0;
            tcb.localHi(v6 ? SITE : 0);
            tcb.localLo(v6 ? 1 : IpAddress.v4(OURS));
            tcb.remoteHi(v6 ? SITE : 0);
            tcb.remoteLo(v6 ? 2 : IpAddress.v4(PEER));
            tcb.ports(PORT << 16 | 1_000 + tcb.index());
            assertThat(connections.insert(tcb)).isTrue();
        }
    }

    /** The last one is over, and another has its record, so that there are as many as before. */
    private void timeWait() {
        final Tcb last = connections.wrap(connections.highest() - 1);
        assertThat(connections.replaceByTimeWait(last, 0, 0, 1_000_000)).isTrue();
    }

    private static void segment(final long frame, final int peerPort, final boolean linkLayer) {
        final long ip = begin(frame, linkLayer);
        Ipv4Header.write(ip, 40, 1, 0, 64, IpProtocol.TCP, PEER, OURS);
        tcp(ip + Ipv4Header.MIN_LENGTH, peerPort);
    }

    private static void segmentV6(final long frame, final int peerPort, final boolean linkLayer) {
        final long ip = begin(frame, linkLayer);
        Ipv6Header.write(ip, 0, 0, TcpHeader.MIN_LENGTH, IpProtocol.TCP, 64);
        Ipv6Header.addresses(ip, SITE, 2, SITE, 1);
        tcp(ip + 40, peerPort);
    }

    private static long begin(final long frame, final boolean linkLayer) {
        Frame.dataOffset(frame, linkLayer ? Frame.ETHERNET_OFFSET : Frame.IP_OFFSET);
        Memory.zero(Frame.data(frame), 128);
        return frame + Frame.IP_OFFSET;
    }

    private static void tcp(final long tcp, final int peerPort) {
        TcpHeader.write(tcp, peerPort, PORT, 1, 1, TcpHeader.MIN_LENGTH, TcpHeader.ACK, 1_000);
    }
}
