package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ipv6HeaderTest extends WithGuardedMemory {
    private static final String ROUTER_SOLICITATION = "6000000000103aff" + "fe80000000000000000000fffe00000b"
            + "ff020000000000000000000000000002" + "85007b1800000000010102000000000b";

    private final Ipv6Header header = new Ipv6Header();

    @Test
    void shouldReadACapturedPacket() {
        final long address = memory.place(ROUTER_SOLICITATION);
        assertThat(header.wrap(address, 56)).isTrue();
        assertThat(header.trafficClass()).isZero();
        assertThat(header.flowLabel()).isZero();
        assertThat(header.payloadLength()).isEqualTo(16);
        assertThat(header.nextHeader()).isEqualTo(IpProtocol.ICMPV6);
        assertThat(header.hopLimit()).isEqualTo(255);
        assertThat(header.sourceHi()).isEqualTo(0xFE80_0000_0000_0000L);
        assertThat(header.sourceLo()).isEqualTo(0x0000_00FF_FE00_000BL);
        assertThat(header.destinationHi()).isEqualTo(0xFF02_0000_0000_0000L);
        assertThat(header.destinationLo()).isEqualTo(2);
        assertThat(header.payloadAddress()).isEqualTo(address + 40);
        assertThat(header).hasToString("IP6 (class 0x00, flowlabel 0x00000, hlim 255, next-header ICMPv6 (58),"
                + " payload length 16) fe80::ff:fe00:b > ff02::2");
    }

    @Test
    void shouldVerifyTheChecksumOfTheCapturedMessage() {
        header.wrap(memory.place(ROUTER_SOLICITATION), 56);
        final long pseudoHeader = Checksum.pseudoHeaderV6(header.sourceHi(), header.sourceLo(), header.destinationHi(),
                header.destinationLo(), header.nextHeader(), header.payloadLength());
        assertThat(Checksum.finish(Checksum.sum(header.payloadAddress(), header.payloadLength(), pseudoHeader)))
                .isZero();
    }

    @ParameterizedTest(name = "version {0}, payload {1}, {2} bytes: {3}")
    @CsvSource({"6, 0, -1, false", "6, 0, 0, false", "6, 0, 39, false", "6, 0, 40, true", "6, 1, 40, false",
            "6, 20, 60, true", "6, 20, 99, true", "6, 65535, 100, false", "4, 0, 40, false", "7, 0, 40, false"})
    void shouldCheckVersionAndLengths(final int version, final int payload, final int available, final boolean right) {
        final long address = memory.place(new byte[Math.max(available, 0)]);
        if (available >= 40) {
            Memory.putByte(address, version << 4);
            Memory.putShortBE(address + Ipv6Header.PAYLOAD_LENGTH_OFFSET, payload);
        }
        assertThat(header.wrap(address, available)).isEqualTo(right);
    }

    @Property
    void shouldReadWhatWasWritten(@ForAll @IntRange(max = 255) final int trafficClass,
            @ForAll @IntRange(max = 0xFFFFF) final int flowLabel,
            @ForAll @IntRange(max = 4000) final int payloadLength, @ForAll @IntRange(max = 255) final int nextHeader,
            @ForAll @IntRange(max = 255) final int hopLimit, @ForAll final long hi, @ForAll final long lo) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final long address = own.end() - 40 - payloadLength;
            Ipv6Header.write(address, trafficClass, flowLabel, payloadLength, nextHeader, hopLimit);
            header.wrapUnchecked(address).source(hi, lo).destination(lo, hi);
            assertThat(header.wrap(address, 40 + payloadLength)).isTrue();
            assertThat(header.trafficClass()).isEqualTo(trafficClass);
            assertThat(header.flowLabel()).isEqualTo(flowLabel);
            assertThat(header.payloadLength()).isEqualTo(payloadLength);
            assertThat(header.nextHeader()).isEqualTo(nextHeader);
            assertThat(header.hopLimit()).isEqualTo(hopLimit);
            assertThat(header.sourceHi()).isEqualTo(hi).isEqualTo(header.destinationLo());
            assertThat(header.sourceLo()).isEqualTo(lo).isEqualTo(header.destinationHi());
        }
    }

    @Test
    void shouldSetSingleFieldsAndKeepTheOthers() {
        final long address = memory.place(ROUTER_SOLICITATION);
        header.wrapUnchecked(address).payloadLength(8).hopLimit(1);
        assertThat(GuardedMemory.hex(address, 8)).isEqualTo("6000000000083a01");
        assertThat(header.payloadLength()).isEqualTo(8);
    }
}
