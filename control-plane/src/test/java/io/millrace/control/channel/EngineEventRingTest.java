package io.millrace.control.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineEventRingTest {
    private final List<String> events = new ArrayList<>();
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final EngineEventRing ring = new EngineEventRing(1_024);
    private final EngineEventProxy proxy = ring.proxy();
    private final EngineEventAdapter adapter = ring.adapter(new Recorder());

    @AfterEach
    void close() {
        ring.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldCarryEveryEventInOrder() {
        proxy.onArp(3, 2, 0xFFEE_DDCC_BBAAL, 0xC0A8_0001, 0x0A00_0002);
        proxy.onNeighbourWanted(7, 0xfd00L << 48, 7);
        proxy.onNeighbourConfirmed(1, 0, IpAddress.v4(0xFFFF_FFFE));
        assertThat(adapter.drain(10)).isEqualTo(3);
        assertThat(events).containsExactly("link 3: arp 2 ffeeddccbbaa c0a80001 a000002",
                "link 7: wanted fd00::7", "link 1: confirmed 255.255.255.254");
        assertThat(adapter.drain(10)).isZero();
    }

    @Test
    void shouldTellWhetherEventsWait() {
        for (int lap = 0; lap < 100; lap++) {
            assertThat(adapter.hasEvents()).isFalse();
            proxy.onNeighbourConfirmed(1, 0, IpAddress.v4(lap));
            proxy.onNeighbourConfirmed(1, 0, IpAddress.v4(lap));
            assertThat(adapter.hasEvents()).isTrue();
            adapter.drain(1);
            assertThat(adapter.hasEvents()).as("one of two is left").isTrue();
            adapter.drain(1);
        }
    }

    @Test
    void shouldCarryMessagesOfIgmpAsTheyAre() {
        try (MemoryRegion message = MemoryRegion.allocate("test message", 256)) {
            IgmpMessage.write(message.address(), IgmpMessage.V2_REPORT, 0xEF01_0203);
            proxy.onIgmp(2, 0x0A00_0001, 0xEF01_0203, message.address(), IgmpMessage.MIN_LENGTH);
            adapter.drain(10);
            assertThat(events).containsExactly("link 2: igmp a000001 ef010203 8 IGMP v2 report 239.1.2.3");
            proxy.onIgmp(0, 1, 2, message.address(), 200);
            assertThat(proxy.lost()).as("longer than an eighth of the ring").isEqualTo(1);
        }
    }

    @Test
    void shouldCarryMessagesOfDhcpAsTheyAre() {
        try (MemoryRegion message = MemoryRegion.allocate("test message", 64)) {
            Memory.putIntBE(message.address(), 0x0201_0600);
            proxy.onDhcp(4, 0x0A00_0001, 0xFFFF_FFFF, 0xFFEE_DDCC_BBAAL, message.address(), 4);
            proxy.onDhcp(0, 0x0A00_0001, 0x0A00_0002, 7, message.address(), 0);
            assertThat(adapter.drain(10)).isEqualTo(2);
            assertThat(events).containsExactly("link 4: dhcp a000001 ffffffff ffeeddccbbaa 02010600",
                    "dhcp a000001 a000002 7 ");
        }
    }

    @Test
    void shouldCarryMessagesOfIcmpv6AsTheyAre() {
        try (MemoryRegion message = MemoryRegion.allocate("test message", 64)) {
            for (int i = 0; i < 24; i++) {
                Memory.putByte(message.address() + i, i);
            }
            proxy.onIcmpv6(5, 0xfe80L << 48, 1, 0xff02L << 48, 2, 255, 0xFFEE_DDCC_BBAAL, message.address(), 24);
            assertThat(adapter.drain(10)).isEqualTo(1);
            assertThat(events).containsExactly("link 5: icmpv6 fe80::1 > ff02::2 255 ffeeddccbbaa "
                    + "000102030405060708090a0b0c0d0e0f1011121314151617");
        }
    }

    @Test
    void shouldDrainNoMoreThanTheLimit() {
        for (int i = 0; i < 5; i++) {
            proxy.onNeighbourWanted(0, 0, IpAddress.v4(i));
        }
        assertThat(adapter.drain(2)).isEqualTo(2);
        assertThat(events).containsExactly("wanted 0.0.0.0", "wanted 0.0.0.1");
        assertThat(adapter.drain(10)).isEqualTo(3);
    }

    @Test
    void shouldCountWhatAFullRingLoses() {
        for (int i = 0; i < 100; i++) {
            proxy.onNeighbourWanted(0, 0, IpAddress.v4(i));
        }
        final int kept = adapter.drain(1_000);
        assertThat(kept).isPositive().isLessThan(100);
        assertThat(proxy.lost()).isEqualTo(100 - kept);
        proxy.onArp(0, 1, 1, 2, 3);
        assertThat(adapter.drain(1_000)).isEqualTo(1);
        assertThat(proxy.lost()).isEqualTo(100 - kept);
    }

    @Test
    void shouldPassTheEndOfTheRingManyTimes() {
        for (int i = 0; i < 1_000; i++) {
            proxy.onArp(0, 1, i, i, i);
            proxy.onNeighbourConfirmed(0, 0, IpAddress.v4(i));
            assertThat(adapter.drain(10)).isEqualTo(2);
            assertThat(events).endsWith("confirmed " + IpAddress.toString(0, IpAddress.v4(i)));
        }
        assertThat(proxy.lost()).isZero();
    }

    @Test
    void shouldCallTheHookAfterEachEvent() {
        final int[] calls = new int[1];
        proxy.onEvent(() -> calls[0]++);
        proxy.onNeighbourWanted(0, 0, 1);
        proxy.onNeighbourWanted(0, 0, 2);
        assertThat(calls[0]).isEqualTo(2);
        adapter.drain(10);
        proxy.onArp(0, 1, 1, 1, 1);
        assertThat(calls[0]).isEqualTo(3);
    }

    @Test
    void shouldRefuseACapacityThatIsNoPowerOfTwo() {
        assertThatThrownBy(() -> new EngineEventRing(1_500))
                .hasMessage("event ring of 1500 bytes, must be a power of two >= 1024");
    }

    private static String on(final int link) {
        return link == 0 ? "" : "link " + link + ": ";
    }

    private final class Recorder implements EngineEvents {
        @Override
        public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
                final int targetIp) {
            events.add(on(link) + "arp " + operation + " " + Long.toHexString(senderMac) + " "
                    + Integer.toHexString(senderIp)
                    + " " + Integer.toHexString(targetIp));
        }

        @Override
        public void onIgmp(final int link, final int source, final int destination, final long address,
                final int length) {
            final IgmpMessage message = new IgmpMessage();
            message.wrap(address, length);
            events.add(on(link) + "igmp " + Integer.toHexString(source) + " " + Integer.toHexString(destination) + " "
                    + length
                    + " " + message);
        }

        @Override
        public void onDhcp(final int link, final int source, final int destination, final long linkSource,
                final long address,
                final int length) {
            final byte[] message = new byte[length];
            Memory.copyToArray(address, message, 0, length);
            events.add(on(link) + "dhcp " + Integer.toHexString(source) + " " + Integer.toHexString(destination) + " "
                    + Long.toHexString(linkSource) + " " + HexFormat.of().formatHex(message));
        }

        @Override
        public void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
                final long destinationLo, final int hopLimit, final long linkSource, final long address,
                final int length) {
            final byte[] message = new byte[length];
            for (int i = 0; i < length; i++) {
                message[i] = Memory.getByte(address + i);
            }
            events.add(on(link) + "icmpv6 " + IpAddress.toString(sourceHi, sourceLo) + " > "
                    + IpAddress.toString(destinationHi, destinationLo) + " " + hopLimit + " "
                    + Long.toHexString(linkSource) + " " + HexFormat.of().formatHex(message));
        }

        @Override
        public void onNeighbourWanted(final int link, final long hi, final long lo) {
            events.add(on(link) + "wanted " + IpAddress.toString(hi, lo));
        }

        @Override
        public void onNeighbourConfirmed(final int link, final long hi, final long lo) {
            events.add(on(link) + "confirmed " + IpAddress.toString(hi, lo));
        }
    }
}
