package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdpHeaderTest extends WithGuardedMemory {
    private static final String HELLO = "e1ef0009000dc60668656c6c6f";

    private final UdpHeader header = new UdpHeader();

    @Test
    void shouldReadACapturedDatagram() {
        assertThat(header.wrap(memory.place(HELLO), 13)).isTrue();
        assertThat(header.sourcePort()).isEqualTo(57839);
        assertThat(header.destinationPort()).isEqualTo(9);
        assertThat(header.length()).isEqualTo(13);
        assertThat(header.payloadLength()).isEqualTo(5);
        assertThat(header.payloadAddress()).isEqualTo(memory.end() - 5);
        assertThat(header.checksum()).isEqualTo(0xC606);
        final long pseudoHeader = Checksum.pseudoHeaderV4(0x0A000001, 0x0A000002, IpProtocol.UDP, 13);
        assertThat(header.checksumValid(pseudoHeader)).isTrue();
        assertThat(header.sourcePort(1).checksumValid(pseudoHeader)).isFalse();
        assertThat(header.updateChecksum(pseudoHeader).checksumValid(pseudoHeader)).isTrue();
        assertThat(header).hasToString("1 > 9: UDP, length 5");
    }

    @ParameterizedTest(name = "length {0} of {1} bytes: {2}")
    @CsvSource({"8, -1, false", "8, 0, false", "8, 7, false", "8, 8, true", "0, 8, false", "7, 8, false",
            "9, 8, false", "8, 26, true", "65535, 100, false", "100, 100, true"})
    void shouldCheckTheLength(final int length, final int available, final boolean right) {
        final long address = memory.place(new byte[Math.max(available, 0)]);
        if (available >= 8) {
            Memory.putShortBE(address + UdpHeader.LENGTH_OFFSET, length);
        }
        assertThat(header.wrap(address, available)).isEqualTo(right);
    }

    @Property
    void shouldReadWhatWasWritten(@ForAll @IntRange(max = 65535) final int sourcePort,
            @ForAll @IntRange(max = 65535) final int destinationPort,
            @ForAll @IntRange(min = 8, max = 4000) final int length) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final long address = own.end() - length;
            UdpHeader.write(address, sourcePort, destinationPort, length);
            assertThat(header.wrap(address, length)).isTrue();
            assertThat(header.sourcePort()).isEqualTo(sourcePort);
            assertThat(header.destinationPort()).isEqualTo(destinationPort);
            assertThat(header.length()).isEqualTo(length);
            assertThat(header.checksum()).isZero();
        }
    }

    @Test
    void shouldSetSingleFieldsAndKeepTheOthers() {
        final long address = memory.place("0000000000000000");
        header.wrapUnchecked(address).sourcePort(0xFFFE).destinationPort(2).length(8).checksum(0xABCD);
        assertThat(GuardedMemory.hex(address, 8)).isEqualTo("fffe00020008abcd");
        assertThat(header.payloadLength()).isZero();
    }

    @Test
    void shouldSendASumOfZeroAsAllOnes() {
        final long address = memory.place("0000000000080000");
        header.wrapUnchecked(address).sourcePort(0xFFFF - 8 - 8 - IpProtocol.UDP);
        final long pseudoHeader = Checksum.pseudoHeaderV4(0, 0, IpProtocol.UDP, 8);
        assertThat(header.updateChecksum(pseudoHeader).checksum()).isEqualTo(0xFFFF);
        assertThat(header.checksumValid(pseudoHeader)).isTrue();
    }
}
