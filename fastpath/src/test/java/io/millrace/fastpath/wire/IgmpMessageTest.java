package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgmpMessageTest extends WithGuardedMemory {
    private static final int GROUP = 0xEF01_0203;

    private final IgmpMessage message = new IgmpMessage();

    @ParameterizedTest(name = "{0} bytes, code {1}: version {2}, {3} tenths")
    @CsvSource({"8, 0, 1, 0", "8, 100, 2, 100", "8, 255, 2, 255", "12, 0, 3, 0", "12, 127, 3, 127", "12, 128, 3, 128",
            "12, 143, 3, 248", "16, 255, 3, 31744", "9, 10, 0, 10", "11, 10, 0, 10"})
    void shouldTellTheVersionOfAQueryByItsLength(final int length, final int code, final int version,
            final int tenths) {
        final long address = query(length, code);
        assertThat(message.wrap(address, length)).isTrue();
        assertThat(message.queryVersion()).isEqualTo(version);
        assertThat(message.maxResponseTenths()).isEqualTo(tenths);
        assertThat(message.group()).isEqualTo(GROUP);
    }

    @Test
    void shouldReadWhatAVersion3QuerySays() {
        final long address = query(20, 10);
        Memory.putByte(address + 8, 0x0B);
        Memory.putByte(address + 9, 0x9A);
        Memory.putShortBE(address + 10, 2);
        Memory.putIntBE(address + 12, 1);
        Memory.putIntBE(address + 16, -1);
        message.wrap(address, 20);
        assertThat(message.robustness()).isEqualTo(3);
        assertThat(message.queryIntervalSeconds()).isEqualTo(26 << 4);
        assertThat(message.sources()).isEqualTo(2);
        assertThat(message.source(0)).isEqualTo(1);
        assertThat(message.source(1)).isEqualTo(-1);
        message.wrap(address, 19);
        assertThat(message.sources()).isEqualTo(-1);
    }

    @Test
    void shouldRefuseATruncatedMessage() {
        for (int length = 0; length < 8; length++) {
            assertThat(message.wrap(memory.end() - length, length)).isFalse();
        }
    }

    @Test
    void shouldWriteReportsWithTheRightChecksum() {
        final long old = memory.end() - 8;
        IgmpMessage.write(old, IgmpMessage.V2_LEAVE, GROUP);
        assertThat(Checksum.of(old, 8)).isZero();
        message.wrap(old, 8);
        assertThat(message).hasToString("IGMP v2 leave 239.1.2.3");
        assertThat(message.queryVersion()).isZero();
        final long report = memory.end() - 28;
        IgmpMessage.beginReport(report);
        IgmpMessage.writeRecord(report + 8, IgmpMessage.MODE_IS_EXCLUDE, 0, GROUP);
        IgmpMessage.writeRecord(report + 16, IgmpMessage.ALLOW_NEW_SOURCES, 1, GROUP + 1);
        Memory.putIntBE(report + 24, 7);
        IgmpMessage.finishReport(report, 2, 28);
        assertThat(Checksum.of(report, 28)).isZero();
        message.wrap(report, 28);
        assertThat(message).hasToString("IGMP v3 report, 2 group record(s)");
    }

    @Test
    void shouldMapGroupsToEthernetAddresses() {
        // RFC 1112 §6.4: the lower 23 bits
        assertThat(MacAddress.toString(MacAddress.ofGroup(0xE000_0001))).isEqualTo("01:00:5e:00:00:01");
        assertThat(MacAddress.toString(MacAddress.ofGroup(0xEF81_0203))).isEqualTo("01:00:5e:01:02:03");
        assertThat(MacAddress.toString(MacAddress.ofGroup(0xEFFF_FFFF))).isEqualTo("01:00:5e:7f:ff:ff");
    }

    private long query(final int length, final int code) {
        final long address = memory.end() - length;
        Memory.zero(address, length);
        Memory.putByte(address, IgmpMessage.QUERY);
        Memory.putByte(address + 1, code);
        Memory.putIntBE(address + 4, GROUP);
        return address;
    }
}
