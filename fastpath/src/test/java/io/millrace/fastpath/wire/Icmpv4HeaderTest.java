package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Icmpv4HeaderTest extends WithGuardedMemory {
    private static final String PORT_UNREACHABLE = "0303111e00000000"
            + "45000021e5a74000401141220a0000010a000002e1ef0009000dc60668656c6c6f";

    private final Icmpv4Header header = new Icmpv4Header();

    @Test
    void shouldReadACapturedPortUnreachableAndThePacketItQuotes() {
        final long address = memory.place(PORT_UNREACHABLE);
        assertThat(header.wrap(address, 41)).isTrue();
        assertThat(header.type()).isEqualTo(Icmpv4Header.DESTINATION_UNREACHABLE);
        assertThat(header.code()).isEqualTo(Icmpv4Header.PORT_UNREACHABLE);
        assertThat(header.checksum()).isEqualTo(0x111E);
        assertThat(header.checksumValid()).isTrue();
        assertThat(header.isError()).isTrue();
        assertThat(header.embeddedLength()).isEqualTo(33);
        assertThat(header).hasToString("ICMP port unreachable, length 41");

        final Ipv4Header quoted = new Ipv4Header();
        assertThat(quoted.wrap(header.embeddedAddress(), header.embeddedLength())).isTrue();
        assertThat(quoted.destination()).isEqualTo(0x0A000002);
        assertThat(quoted.checksumValid()).isTrue();
        final UdpHeader udp = new UdpHeader();
        assertThat(udp.wrap(quoted.payloadAddress(), quoted.payloadLength())).isTrue();
        assertThat(udp).hasToString("57839 > 9: UDP, length 5");
    }

    @Test
    void shouldSeeAWrongBitAnywhereInTheMessage() {
        final long address = memory.place(PORT_UNREACHABLE);
        header.wrap(address, 41);
        for (int i = 0; i < 41; i++) {
            Memory.putByte(address + i, Memory.getByte(address + i) ^ 0x10);
            assertThat(header.checksumValid()).as("byte %d", i).isFalse();
            Memory.putByte(address + i, Memory.getByte(address + i) ^ 0x10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7})
    void shouldRefuseAShortMessage(final int available) {
        assertThat(header.wrap(memory.end() - Math.max(available, 0), available)).isFalse();
    }

    @Property
    void shouldReadTheEchoThatWasWritten(@ForAll @IntRange(max = 65535) final int identifier,
            @ForAll @IntRange(max = 65535) final int sequence, @ForAll @IntRange(max = 99) final int dataLength) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final int length = 8 + dataLength;
            final long address = own.end() - length;
            Icmpv4Header.write(address, Icmpv4Header.ECHO_REQUEST, 0, identifier << 16 | sequence);
            header.wrapUnchecked(address, length).updateChecksum();
            assertThat(header.wrap(address, length)).isTrue();
            assertThat(header.checksumValid()).isTrue();
            assertThat(header.isError()).isFalse();
            assertThat(header.identifier()).isEqualTo(identifier);
            assertThat(header.sequence()).isEqualTo(sequence);
            assertThat(header.embeddedLength()).isEqualTo(dataLength);
            assertThat(header)
                    .hasToString("ICMP echo request, id " + identifier + ", seq " + sequence + ", length " + length);
        }
    }

    @Test
    void shouldSetSingleFieldsAndKeepTheOthers() {
        final long address = memory.place("ffffffffffffffff");
        header.wrapUnchecked(address).type(Icmpv4Header.ECHO_REPLY).code(0).checksum(0x1234).identifier(1).sequence(2);
        assertThat(GuardedMemory.hex(address, 8)).isEqualTo("0000123400010002");
        assertThat(header.length()).isEqualTo(8);
        header.type(3).code(4).identifier(0).mtu(1400);
        assertThat(GuardedMemory.hex(address, 8)).isEqualTo("0304123400000578");
        assertThat(header.mtu()).isEqualTo(1400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0000000000010002 | echo reply, id 1, seq 2", //
            "0300000000000000 | net unreachable", "0301000000000000 | host unreachable",
            "0302000000000000 | protocol unreachable", "0304000000000578 | unreachable - need to frag (mtu 1400)",
            "0305000000000000 | unreachable - source route failed", "0309000000000000 | net prohibited",
            "030a000000000000 | host prohibited", "030d000000000000 | unreachable - admin prohibited",
            "0363000000000000 | unreachable, code 99", "0b00000000000000 | time exceeded in-transit",
            "0b01000000000000 | reassembly time exceeded", "0c00000014000000 | parameter problem - octet 20",
            "0d00000000000000 | type 13, code 0"})
    void shouldPrintEveryKind(final String hex, final String text) {
        assertThat(header.wrap(memory.place(hex), 8)).isTrue();
        assertThat(header).hasToString("ICMP " + text + ", length 8");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "3, true", "4, true", "5, true", "8, false", "11, true", "12, true", "13, false"})
    void shouldTellErrorsFromQueries(final int type, final boolean error) {
        header.wrapUnchecked(memory.place("0000000000000000")).type(type);
        assertThat(header.isError()).isEqualTo(error);
    }
}
