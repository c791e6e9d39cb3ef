package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random and damaged frames at the very end of accessible memory: no codec may read behind the frame, and what lies in
 * front of it may not show in what is decoded.
 */
class WireFuzzTest {
    private static final int ROUNDS = 60_000;
    private static final String[] CAPTURED = {
            "02000000000b02000000000a08004500003c0b8a400040061b300a0000010a000002"
                    + "a8b600508351529700000000a002faf0f0b10000020405b40402080a6dbc5bac000000000103030a",
            "02000000000b02000000000a0800450000460b8c400040061b240a0000010a000002"
                    + "a8b600508351529880ebe7338018003f960600000101080a6dbc5bac02923ab1"
                    + "474554202f20485454502f312e300d0a0d0a",
            "02000000000a02000000000b080045c0003dafda00004001b6230a0000020a0000010303111e00000000"
                    + "45000021e5a74000401141220a0000010a000002e1ef0009000dc60668656c6c6f",
            "02000000000b02000000000a080045000021e5a74000401141220a0000010a000002e1ef0009000dc60668656c6c6f",
            "ffffffffffff02000000000a0806000108000604000102000000000a0a0000010000000000000a000002",
            "33330000000202000000000b86dd6000000000103afffe80000000000000000000fffe00000b"
                    + "ff02000000000000000000000000000285007b1800000000010102000000000b",
            "33330000001602000000000b86dd60000000002400010000000000000000000000000000000000ff02000000000000000000000000"
                    + "00163a000502000001008f0011220000000104000000ff0200000000000000000000000100ff0000",
            "02000000000a02000000000b86dd600000000030003cfe80000000000000000000fffe00000bfe80000000000000000000fffe00000a"
                    + "3c000502000001002b000104000000003c00000000000000"
                    + "2c003e04010203043a000001000000078000123400010002",
            "02000000000b02000000000a8100006408004600002c0b8a4000400600000a0000010a00000283030400"
                    + "a8b60050835152970000000050020000" + "00000000"};

    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag tag = new VlanTag();
    private final ArpPacket arp = new ArpPacket();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final Ipv6Extensions chain = new Ipv6Extensions();
    private final Icmpv4Header icmp = new Icmpv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final TcpHeader tcp = new TcpHeader();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldStayInsideTheFrame(final long seed) {
        final Random random = new Random(seed);
        try (GuardedMemory memory = new GuardedMemory(4096)) {
            for (int i = 0; i < ROUNDS; i++) {
                final byte[] frame = random.nextInt(4) == 0 ? noise(random) : damaged(random);
                final String clean = decodeBehind(memory, 0, frame);
                assertThat(decodeBehind(memory, 0xFF, frame)).isEqualTo(clean);
            }
        }
    }

    private String decodeBehind(final GuardedMemory memory, final int before, final byte[] frame) {
        for (long address = memory.end() - 512; address < memory.end(); address++) {
            Memory.putByte(address, before);
        }
        final long address = memory.place(frame);
        return frame(address, frame.length);
    }

    private String frame(final long address, final int length) {
        if (!ethernet.wrap(address, length)) {
            return "short frame " + everything(address, length);
        }
        long payload = ethernet.payloadAddress();
        int rest = ethernet.payloadLength();
        String text = ethernet.toString();
        if (ethernet.etherType() == EthernetHeader.ETHERTYPE_VLAN && tag.wrap(payload, rest)) {
            text += tag;
            payload = tag.payloadAddress();
            rest -= VlanTag.LENGTH;
        }
        return text + everything(payload, rest);
    }

    /** Whatever the type field says, every codec is tried: a frame may claim anything. */
    private String everything(final long address, final int length) {
        final StringBuilder text = new StringBuilder();
        if (arp.wrap(address, length)) {
            text.append(arp).append(arp.targetMac()).append(arp.targetIp());
        }
        if (ipv6.wrap(address, length)) {
            text.append(ipv6).append(Checksum.of(ipv6.payloadAddress(), ipv6.payloadLength()));
            text.append(chain(address, Ipv6Header.LENGTH + ipv6.payloadLength()));
        }
        if (ipv4.wrap(address, length)) {
            text.append(ipv4).append(ipv4.checksumValid()).append(ipv4.hasSourceRoute());
            text.append(transport(ipv4.payloadAddress(), ipv4.payloadLength()));
        }
        return text.append(transport(address, length)).toString();
    }

    private String chain(final long address, final int length) {
        Ipv6Extensions.End end = chain.walk(address, length);
        while (end == Ipv6Extensions.End.FRAGMENT) {
            end = chain.walkOn();
        }
        return end + " " + chain.protocol() + " at " + chain.offset() + " by " + chain.named() + ", " + chain.problem()
                + " at " + chain.pointer() + chain.routerAlert() + chain.skip(address, length);
    }

    private String transport(final long address, final int length) {
        final StringBuilder text = new StringBuilder();
        if (icmp.wrap(address, length)) {
            text.append(icmp).append(icmp.checksumValid());
            text.append(Checksum.of(icmp.embeddedAddress(), icmp.embeddedLength()));
        }
        if (udp.wrap(address, length)) {
            text.append(udp).append(udp.checksumValid(0));
            text.append(Checksum.of(udp.payloadAddress(), udp.payloadLength()));
        }
        if (tcp.wrap(address, length)) {
            text.append(tcp).append(tcp.checksumValid(0)).append(tcp.segmentLength());
            text.append(Checksum.of(tcp.payloadAddress(), tcp.payloadLength()));
        }
        return text.toString();
    }

    private static byte[] noise(final Random random) {
        final byte[] frame = new byte[random.nextInt(130)];
        random.nextBytes(frame);
        return frame;
    }

    /** A captured frame, cut or lengthened, with some bytes changed, preferably where lengths are. */
    private static byte[] damaged(final Random random) {
        final String hex = CAPTURED[random.nextInt(CAPTURED.length)];
        final byte[] whole = HexFormat.of().parseHex(hex);
        final int length = random.nextInt(3) == 0 ? random.nextInt(whole.length + 20) : whole.length;
        final byte[] frame = Arrays.copyOf(whole, length);
        for (int i = random.nextInt(6); i > 0 && length > 0; i--) {
            frame[random.nextInt(length)] = (byte) (random.nextBoolean() ? random.nextInt(8) : random.nextInt());
        }
        return frame;
    }
}
