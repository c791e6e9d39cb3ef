package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.HostInterface;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the kernel's own ARP, ICMP, UDP and TCP. */
@RequiresNetworkNamespaces
class TapPortTest {
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int TIMEOUT_MS = 30_000;
    private static final int TCP_HEADERS = 14 + 20 + 20;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLetTheKernelPingUs(final boolean offloads) throws Exception {
        try (KernelPeer peer = new KernelPeer(offloads)) {
            final CompletableFuture<Boolean> ping = peer.namespace
                    .submit(() -> InetAddress.getByName(KernelPeer.OURS).isReachable(TIMEOUT_MS));
            peer.serve(ping);
            assertThat(ping.get()).isTrue();
            assertThat(peer.arpRequests()).isPositive();
            assertThat(peer.echoRequests()).isPositive();
            assertThat(peer.port.dropped()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryDatagramsWithAndWithoutChecksumOffload(final boolean offloads) throws Exception {
        try (KernelPeer peer = new KernelPeer(offloads)) {
            final CompletableFuture<String> answer = peer.namespace.submit(() -> exchange("hello"));
            final long frame = peer.next(UDP);
            final int length = Frame.length(frame) - KernelPeer.TRANSPORT;
            final long udp = Frame.data(frame) + KernelPeer.TRANSPORT;
            assertThat(length).isEqualTo(8 + 5);
            if (offloads) {
                assertThat(Frame.flags(frame)).isEqualTo(Frame.CHECKSUM_PARTIAL);
                assertThat(Frame.checksumStart(frame)).isEqualTo(KernelPeer.TRANSPORT);
                assertThat(Frame.checksumOffset(frame)).isEqualTo(6);
            } else {
                assertThat(Frame.flags(frame)).isZero();
                assertThat(KernelPeer.sum(udp, length, KernelPeer.pseudoSum(frame, length))).isEqualTo(0xFFFF);
            }
            KernelPeer.turnAround(frame);
            swapPorts(udp);
            Memory.putByte(udp + 8, 'J');
            setChecksum(frame, 6, offloads);
            assertThat(peer.send(frame)).isEqualTo(1);
            peer.serve(answer);
            assertThat(answer.get()).isEqualTo("Jello");
        }
    }

    @Test
    void shouldGiveTheKernelAVirtualSegmentAsOne() throws Exception {
        final int payload = 40_000;
        try (KernelPeer peer = new KernelPeer(true)) {
            // The kernel's address of the link is learned from its first request.
            final CompletableFuture<String> answer = peer.namespace.submit(() -> exchange("x"));
            final long frame = peer.next(UDP);
            KernelPeer.turnAround(frame);
            makeSegment(frame, payload);
            assertThat(peer.send(frame)).isEqualTo(1);
            // No connection: the RST acknowledges all that the segment held (RFC 9293, section 3.10.7.1).
            final long reset = peer.next(TCP);
            final long tcp = Frame.data(reset) + KernelPeer.TRANSPORT;
            assertThat(Memory.getUnsignedByte(tcp + 13)).as("RST and ACK").isEqualTo(0x14);
            assertThat(Memory.getIntBE(tcp + 8)).isEqualTo(1_000 + payload);
            assertThat(peer.port.dropped()).isZero();
            peer.port.release(reset);
            answer.cancel(true);
        }
    }

    @Test
    void shouldReceiveVirtualSegmentsFromTheKernel() throws Exception {
        try (KernelPeer peer = new KernelPeer(true)) {
            final CompletableFuture<Integer> client = peer.namespace.submit(TapPortTest::connectAndWrite);
            final long syn = peer.next(TCP);
            acceptConnection(syn);
            assertThat(peer.send(syn)).isEqualTo(1);
            long segment = peer.next(TCP);
            while (Frame.length(segment) <= TCP_HEADERS) {
                peer.port.release(segment);
                segment = peer.next(TCP);
            }
            assertThat(Frame.length(segment)).isGreaterThan(KernelPeer.MTU + 14);
            assertThat(Frame.gsoType(segment)).isEqualTo(Frame.GSO_TCPV4);
            assertThat(Frame.gsoSize(segment)).isEqualTo(1_460);
            assertThat(Frame.headerLength(segment)).isGreaterThanOrEqualTo(TCP_HEADERS);
            assertThat(Frame.flags(segment)).isEqualTo(Frame.CHECKSUM_PARTIAL);
            peer.port.release(segment);
            peer.serve(client);
            assertThat(client.get()).isPositive();
        }
    }

    /** Some go in by another queue, which the kernel polls. */
    @Test
    void shouldSendManySmallFramesInOrder() throws Exception {
        try (KernelPeer peer = new KernelPeer(false);
                PacketSocket kernel = peer.namespace.call(() -> new PacketSocket(KernelPeer.NAME, 0x88B5))) {
            final byte[] bytes = experiment(64);
            for (int i = 0; i < 100; i++) {
                bytes[63] = (byte) i;
                final long frame = peer.port.acquire();
                Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
                Frame.length(frame, bytes.length);
                assertThat(peer.send(frame)).isEqualTo(1);
                assertThat(kernel.receive()).as("frame %d", i).isEqualTo(bytes);
            }
            assertThat(peer.port.dropped()).isZero();
        }
    }

    @Test
    void shouldDropAndCountATruncatedFrame() throws Exception {
        try (KernelPeer peer = new KernelPeer(false)) {
            final PacketSocket kernel = peer.namespace.call(() -> new PacketSocket(KernelPeer.NAME, 0x88B5));
            peer.namespace.call(() -> setMtu(9_000));
            kernel.send(experiment(5_000));
            kernel.send(experiment(1_000));
            final long[] frames = new long[1];
            while (frames[0] == 0 || Memory.getShortBE(Frame.data(frames[0]) + KernelPeer.ETHERTYPE) != 0x88B5) {
                if (frames[0] != 0) {
                    peer.port.release(frames[0]);
                    frames[0] = 0;
                }
                peer.port.receive(frames, 0, 1, 0);
            }
            assertThat(Frame.length(frames[0])).isEqualTo(1_000);
            assertThat(peer.port.dropped()).isEqualTo(1);
            kernel.close();
        }
    }

    @Test
    void shouldCountAndGoOnWhileTheLinkIsDown() throws Exception {
        try (KernelPeer peer = new KernelPeer(false)) {
            peer.namespace.call(() -> setUp(false));
            assertThat(peer.send(plain(peer))).isEqualTo(1);
            assertThat(peer.port.dropped()).isEqualTo(1);
            peer.namespace.call(() -> setUp(true));
            final long[] frames = new long[8];
            final int received = peer.port.receive(frames, 0, 8, 0);
            for (int i = 0; i < received; i++) {
                peer.port.release(frames[i]);
            }
            assertThat(peer.send(plain(peer))).isEqualTo(1);
            assertThat(peer.port.dropped()).isEqualTo(1);
        }
    }

    @Test
    void shouldCountOnceAndGoOnWhenTheInterfaceIsGone() throws Exception {
        try (KernelPeer peer = new KernelPeer(false)) {
            final NetworkNamespace.Output deletion = peer.namespace.exec("ip", "link", "del", KernelPeer.NAME);
            assertThat(deletion.exitCode()).isZero();
            final long[] frames = new long[8];
            // what it had said before it went may be there still
            for (int turn = 0; turn < 1_000; turn++) {
                final int received = peer.port.receive(frames, 0, 8, 0);
                for (int i = 0; i < received; i++) {
                    peer.port.release(frames[i]);
                }
            }
            assertThat(peer.port.dropped()).isEqualTo(1);
            assertThat(peer.send(plain(peer))).isEqualTo(1);
            assertThat(peer.port.dropped()).isEqualTo(2);
        }
    }

    @Test
    void shouldDropAndCountWhatExceedsTheMtu() throws Exception {
        try (KernelPeer peer = new KernelPeer(true)) {
            final long frame = plain(peer);
            Frame.length(frame, KernelPeer.MTU + 15);
            assertThat(peer.send(frame)).isEqualTo(1);
            assertThat(peer.port.dropped()).isEqualTo(1);
        }
    }

    private static String exchange(final String text) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(KernelPeer.KERNEL, 0))) {
            socket.setSoTimeout(TIMEOUT_MS);
            final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(KernelPeer.OURS, 7)));
            final DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
        }
    }

    /** Connects and writes without waiting, then leaves with a reset. */
    private static int connectAndWrite() throws Exception {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.connect(new InetSocketAddress(KernelPeer.OURS, 80));
            channel.configureBlocking(false);
            return channel.write(ByteBuffer.allocate(100_000));
        }
    }

    private static boolean setMtu(final int mtu) throws Exception {
        try (HostInterface host = new HostInterface(KernelPeer.NAME)) {
            host.mtu(mtu);
            return true;
        }
    }

    private static boolean setUp(final boolean up) throws Exception {
        try (HostInterface host = new HostInterface(KernelPeer.NAME)) {
            host.up(up);
            return host.isUp();
        }
    }

    private static byte[] experiment(final int length) {
        final byte[] frame = new byte[length];
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xB5;
        return frame;
    }

    private static long plain(final KernelPeer peer) {
        final long frame = peer.port.acquire();
        Memory.zero(Frame.data(frame), 60);
        Frame.length(frame, 60);
        return frame;
    }

    /** Makes a SYN into its SYN-ACK: MSS 1,460, no other option, a large window, complete checksum. */
    private static void acceptConnection(final long syn) {
        KernelPeer.turnAround(syn);
        final long data = Frame.data(syn);
        final long tcp = data + KernelPeer.TRANSPORT;
        swapPorts(tcp);
        Memory.putIntBE(tcp + 8, Memory.getIntBE(tcp + 4) + 1);
        Memory.putIntBE(tcp + 4, 5_000);
        Memory.putShortBE(tcp + 12, 0x6012);
        Memory.putShortBE(tcp + 14, 65_535);
        Memory.putShortBE(tcp + 18, 0);
        Memory.putIntBE(tcp + 20, 0x020405B4);
        setLength(syn, 24);
        setChecksum(syn, 16, false);
    }

    /** Makes a turned frame into a TCP segment to a port where nobody listens: sequence number 1,000, no ACK. */
    private static void makeSegment(final long frame, final int payload) {
        final long data = Frame.data(frame);
        Memory.putByte(data + KernelPeer.PROTOCOL, TCP);
        final long tcp = data + KernelPeer.TRANSPORT;
        Memory.zero(tcp, 20L + payload);
        Memory.putShortBE(tcp, 4_000);
        Memory.putShortBE(tcp + 2, 4_001);
        Memory.putIntBE(tcp + 4, 1_000);
        Memory.putShortBE(tcp + 12, 0x5008);
        setLength(frame, 20 + payload);
        setChecksum(frame, 16, true);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_460, TCP_HEADERS);
    }

    private static void setLength(final long frame, final int transportLength) {
        final long ip = Frame.data(frame) + KernelPeer.IP;
        Memory.putShortBE(ip + 2, 20 + transportLength);
        Memory.putShort(ip + 10, 0);
        Memory.putShortBE(ip + 10, ~KernelPeer.sum(ip, 20, 0));
        Frame.length(frame, KernelPeer.TRANSPORT + transportLength);
    }

    /** Completes the transport checksum, or leaves that to the kernel. */
    private static void setChecksum(final long frame, final int offset, final boolean offload) {
        final int length = Frame.length(frame) - KernelPeer.TRANSPORT;
        final long transport = Frame.data(frame) + KernelPeer.TRANSPORT;
        final int pseudo = KernelPeer.pseudoSum(frame, length);
        if (offload) {
            Memory.putShortBE(transport + offset, pseudo);
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, KernelPeer.TRANSPORT, offset);
        } else {
            Memory.putShort(transport + offset, 0);
            Memory.putShortBE(transport + offset, ~KernelPeer.sum(transport, length, pseudo));
        }
    }

    private static void swapPorts(final long transport) {
        final int source = Memory.getShortBE(transport);
        Memory.putShortBE(transport, Memory.getShortBE(transport + 2));
        Memory.putShortBE(transport + 2, source);
    }
}
