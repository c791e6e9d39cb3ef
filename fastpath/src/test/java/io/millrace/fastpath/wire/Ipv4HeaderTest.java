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

class Ipv4HeaderTest extends WithGuardedMemory {
    private static final String SYN = "4500003c0b8a400040061b300a0000010a000002"
            + "a8b600508351529700000000a002faf0f0b10000020405b40402080a6dbc5bac000000000103030a";

    private final Ipv4Header header = new Ipv4Header();

    @Test
    void shouldReadACapturedPacket() {
        final long address = memory.place(SYN);
        assertThat(header.wrap(address, 60)).isTrue();
        assertThat(header.headerLength()).isEqualTo(20);
        assertThat(header.totalLength()).isEqualTo(60);
        assertThat(header.dscpEcn()).isZero();
        assertThat(header.identification()).isEqualTo(0x0B8A);
        assertThat(header.dontFragment()).isTrue();
        assertThat(header.moreFragments()).isFalse();
        assertThat(header.isFragment()).isFalse();
        assertThat(header.fragmentOffset()).isZero();
        assertThat(header.ttl()).isEqualTo(64);
        assertThat(header.protocol()).isEqualTo(IpProtocol.TCP);
        assertThat(header.checksum()).isEqualTo(0x1B30);
        assertThat(header.checksumValid()).isTrue();
        assertThat(header.source()).isEqualTo(0x0A000001);
        assertThat(header.destination()).isEqualTo(0x0A000002);
        assertThat(header.payloadAddress()).isEqualTo(address + 20);
        assertThat(header.payloadLength()).isEqualTo(40);
        assertThat(header.hasSourceRoute()).isFalse();
        assertThat(header).hasToString(
                "IP (tos 0x0, ttl 64, id 2954, offset 0, flags [DF], proto TCP (6), length 60) 10.0.0.1 > 10.0.0.2");
    }

    @Test
    void shouldAcceptPaddingAfterThePacket() {
        final long address = memory.place(SYN + "000000000000");
        assertThat(header.wrap(address, 66)).isTrue();
        assertThat(header.payloadLength()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 19})
    void shouldRefuseWhatIsShorterThanAHeader(final int available) {
        assertThat(header.wrap(memory.end() - Math.max(available, 0), available)).isFalse();
    }

    @ParameterizedTest(name = "first word {0} with {1} bytes: {2}")
    @CsvSource({"45000014, 20, true", "45000014, 64, true", "35000014, 20, false", "65000014, 20, false",
            "44000014, 20, false", "40000014, 20, false", "45000013, 20, false", "45000000, 20, false",
            "45000015, 20, false", "4500ffff, 60, false", "46000014, 64, false", "46000018, 24, true",
            "46000018, 23, false", "4f00003c, 60, true", "4f00003b, 60, false"})
    void shouldCheckVersionAndLengths(final String first, final int available, final boolean right) {
        final byte[] bytes = new byte[available];
        final long address = memory.place(bytes);
        Memory.putIntBE(address, Integer.parseUnsignedInt(first, 16));
        assertThat(header.wrap(address, available)).isEqualTo(right);
    }

    @Property
    void shouldReadWhatWasWritten(@ForAll @IntRange(max = 255) final int dscpEcn,
            @ForAll @IntRange(min = 20, max = 4000) final int totalLength, @ForAll final short identification,
            @ForAll @IntRange(max = 7) final int flags, @ForAll @IntRange(max = 0x1FFF) final int offset,
            @ForAll @IntRange(max = 255) final int ttl, @ForAll @IntRange(max = 255) final int protocol,
            @ForAll final int source, @ForAll final int destination) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final long address = own.end() - totalLength;
            Ipv4Header.write(address, dscpEcn, totalLength, identification, flags << 13 | offset, ttl, protocol, source,
                    destination);
            assertThat(header.wrap(address, totalLength)).isTrue();
            assertThat(header.checksumValid()).isTrue();
            assertThat(Checksum.of(address, 20)).isZero();
            assertThat(header.dscpEcn()).isEqualTo(dscpEcn);
            assertThat(header.totalLength()).isEqualTo(totalLength);
            assertThat(header.identification()).isEqualTo(identification & 0xFFFF);
            assertThat(header.dontFragment()).isEqualTo((flags & 2) != 0);
            assertThat(header.moreFragments()).isEqualTo((flags & 1) != 0);
            assertThat(header.fragmentOffset()).isEqualTo(offset * 8);
            assertThat(header.isFragment()).isEqualTo((flags & 1) != 0 || offset != 0);
            assertThat(header.ttl()).isEqualTo(ttl);
            assertThat(header.protocol()).isEqualTo(protocol);
            assertThat(header.source()).isEqualTo(source);
            assertThat(header.destination()).isEqualTo(destination);
        }
    }

    @Test
    void shouldWriteTheBytesOfTheCapturedHeader() {
        final long address = memory.end() - 20;
        Ipv4Header.write(address, 60, 0x0B8A, Ipv4Header.DONT_FRAGMENT, 64, IpProtocol.TCP, 0x0A000001, 0x0A000002);
        assertThat(GuardedMemory.hex(address, 20)).isEqualTo(SYN.substring(0, 40));
    }

    @Test
    void shouldSetSingleFieldsAndKeepTheOthers() {
        final long address = memory.place(SYN);
        header.wrapUnchecked(address).totalLength(41).dscpEcn(3).identification(0xFFFE).flagsAndOffset(0x2001).ttl(1)
                .protocol(17).source(0xC0A80001).destination(0xFFFFFFFF).updateChecksum();
        assertThat(header.wrap(address, 60)).isTrue();
        assertThat(header.checksumValid()).isTrue();
        assertThat(header.payloadLength()).isEqualTo(21);
        assertThat(header).hasToString("IP (tos 0x3, ttl 1, id 65534, offset 8, flags [+], proto UDP (17), length 41)"
                + " 192.168.0.1 > 255.255.255.255");
        assertThat(Memory.getUnsignedByte(address)).isEqualTo(0x45);
    }

    @Test
    void shouldSeeAWrongChecksumWithAndWithoutOptions() {
        header.wrap(memory.place("4500001400004000400626de0a0000010a000002"), 20);
        header.updateChecksum();
        assertThat(header.checksumValid()).isTrue();
        assertThat(header.ttl(63).checksumValid()).isFalse();
        header.wrap(memory.place("46000018000040004006000000000001000000020101010a"), 24);
        assertThat(header.updateChecksum().checksumValid()).isTrue();
        Memory.putByte(memory.end() - 1, 0);
        assertThat(header.checksumValid()).isFalse();
        assertThat(header.toString()).contains(", options 4)");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"83070400000000, true", "89070400000000, true", "0101018307040000, true", "07070400000000, false",
            "0707040000000083, true", "00830704, false", "0700830704, false", "0701830704, false", "07ff8307, false",
            "010107, false", "01010107, false", "01010183, true", "4408050100000000, false", "94040000830304, true",
            "0000000000000000, false"})
    void shouldFindSourceRoutesAmongOptions(final String options, final boolean found) {
        final int length = 20 + (options.length() / 2 + 3) / 4 * 4;
        final String padded = options + "00".repeat(length - 20 - options.length() / 2);
        final long address = memory.place("00".repeat(20) + padded);
        Memory.putIntBE(address, 4 << 28 | length / 4 << 24 | length);
        assertThat(header.wrap(address, length)).isTrue();
        assertThat(header.hasSourceRoute()).isEqualTo(found);
    }

    @Test
    void shouldNotReadThePayloadAsOptions() {
        final long address = memory.place("46000019000000004006000000000000000000000701010183");
        assertThat(header.wrap(address, 25)).isTrue();
        assertThat(header.hasSourceRoute()).isFalse();
        Memory.putByte(address + 20, 1);
        Memory.putByte(address + 23, 7);
        assertThat(header.hasSourceRoute()).as("an option cut off by the header's end").isFalse();
    }
}
