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

class TcpHeaderTest extends WithGuardedMemory {
    private static final int A = 0x0A000001;
    private static final int B = 0x0A000002;
    private static final String SYN = "a8b600508351529700000000a002faf0f0b10000"
            + "020405b40402080a6dbc5bac000000000103030a";
    private static final String SYN_ACK = "0050a8b680ebe73283515298a012fe8847a70000"
            + "020405b40402080a02923ab16dbc5bac0103030a";
    private static final String DATA = "a8b600508351529880ebe7338018003f96060000"
            + "0101080a6dbc5bac02923ab1474554202f20485454502f312e300d0a0d0a";
    private static final String RST = "0051c52200000000ef8a6e015014000078ce0000";
    private static final String FIN = "a8b60050835152aa80ebe7468011003f74340000" + "0101080a6dbc5c1102923ab2";

    private final TcpHeader header = new TcpHeader();

    private void wrap(final String hex) {
        assertThat(header.wrap(memory.place(hex), hex.length() / 2)).isTrue();
    }

    @Test
    void shouldReadACapturedSyn() {
        wrap(SYN);
        assertThat(header.sourcePort()).isEqualTo(0xA8B6);
        assertThat(header.destinationPort()).isEqualTo(80);
        assertThat(header.sequence()).isEqualTo(0x83515297);
        assertThat(header.acknowledgement()).isZero();
        assertThat(header.headerLength()).isEqualTo(40);
        assertThat(header.flags()).isEqualTo(TcpHeader.SYN);
        assertThat(header.window()).isEqualTo(0xFAF0);
        assertThat(header.checksum()).isEqualTo(0xF0B1);
        assertThat(header.urgentPointer()).isZero();
        assertThat(header.optionsAddress()).isEqualTo(memory.end() - 20);
        assertThat(header.optionsLength()).isEqualTo(20);
        assertThat(header.payloadAddress()).isEqualTo(memory.end());
        assertThat(header.payloadLength()).isZero();
        assertThat(header.segmentLength()).isEqualTo(1);
        assertThat(header).hasToString("43190 > 80: Flags [SYN], seq 2203144855, win 64240,"
                + " options [mss 1460,sackOK,TS val 1841060780 ecr 0,wscale 10], length 0");
    }

    @Test
    void shouldPrintCapturedSegments() {
        wrap(SYN_ACK);
        assertThat(header).hasToString("80 > 43190: Flags [SYN,ACK], seq 2162943794, ack 2203144856, win 65160,"
                + " options [mss 1460,sackOK,TS val 43137713 ecr 1841060780,wscale 10], length 0");
        wrap(DATA);
        assertThat(header).hasToString("43190 > 80: Flags [PSH,ACK], seq 2203144856:2203144874, ack 2162943795,"
                + " win 63, options [TS val 1841060780 ecr 43137713], length 18");
        wrap(RST);
        assertThat(header).hasToString("81 > 50466: Flags [RST,ACK], seq 0, ack 4018826753, win 0, length 0");
        wrap(FIN);
        assertThat(header).hasToString("43190 > 80: Flags [FIN,ACK], seq 2203144874, ack 2162943814, win 63,"
                + " options [TS val 1841060881 ecr 43137714], length 0");
    }

    @Test
    void shouldPrintTheUrgentPointer() {
        wrap(RST);
        header.flags(TcpHeader.URG | TcpHeader.ACK).urgentPointer(7);
        assertThat(header.toString()).contains("Flags [ACK,URG]").contains(", win 0, urg 7, length 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {SYN, DATA, FIN})
    void shouldVerifyCapturedChecksumsOfTheClient(final String hex) {
        wrap(hex);
        final long pseudoHeader = Checksum.pseudoHeaderV4(A, B, IpProtocol.TCP, header.length());
        assertThat(header.checksumValid(pseudoHeader)).isTrue();
        Memory.putByte(memory.end() - 1, Memory.getByte(memory.end() - 1) ^ 1);
        assertThat(header.checksumValid(pseudoHeader)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {SYN_ACK, RST})
    void shouldVerifyCapturedChecksumsOfTheServer(final String hex) {
        wrap(hex);
        assertThat(header.checksumValid(Checksum.pseudoHeaderV4(B, A, IpProtocol.TCP, header.length()))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 19})
    void shouldRefuseWhatIsShorterThanAHeader(final int available) {
        assertThat(header.wrap(memory.end() - Math.max(available, 0), available)).isFalse();
    }

    @ParameterizedTest(name = "data offset {0} with {1} bytes: {2}")
    @CsvSource({"0, 60, false", "4, 60, false", "5, 20, true", "5, 60, true", "6, 23, false", "6, 24, true",
            "15, 59, false", "15, 60, true"})
    void shouldCheckTheDataOffset(final int words, final int available, final boolean right) {
        final long address = memory.place(new byte[available]);
        Memory.putByte(address + TcpHeader.DATA_OFFSET_OFFSET, words << 4 | 0xF);
        assertThat(header.wrap(address, available)).isEqualTo(right);
        if (right) {
            assertThat(header.headerLength()).isEqualTo(4 * words);
            assertThat(header.payloadLength()).isEqualTo(available - 4 * words);
        }
    }

    @Property
    void shouldReadWhatWasWritten(@ForAll @IntRange(max = 65535) final int sourcePort,
            @ForAll @IntRange(max = 65535) final int destinationPort, @ForAll final int sequence,
            @ForAll final int acknowledgement, @ForAll @IntRange(min = 5, max = 15) final int words,
            @ForAll @IntRange(max = 255) final int flags, @ForAll @IntRange(max = 65535) final int window) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 60;
            Memory.putLong(address + 12, -1L);
            TcpHeader.write(address, sourcePort, destinationPort, sequence, acknowledgement, 4 * words, flags, window);
            assertThat(header.wrap(address, 60)).isTrue();
            assertThat(header.sourcePort()).isEqualTo(sourcePort);
            assertThat(header.destinationPort()).isEqualTo(destinationPort);
            assertThat(header.sequence()).isEqualTo(sequence);
            assertThat(header.acknowledgement()).isEqualTo(acknowledgement);
            assertThat(header.headerLength()).isEqualTo(4 * words);
            assertThat(header.flags()).isEqualTo(flags);
            assertThat(header.window()).isEqualTo(window);
            assertThat(header.checksum()).isZero();
            assertThat(header.urgentPointer()).isZero();
            assertThat(header.length()).isEqualTo(60);
        }
    }

    @Test
    void shouldSetSingleFieldsAndKeepTheOthers() {
        final long address = memory.place(new byte[60]);
        header.wrapUnchecked(address).sourcePort(65535).destinationPort(1).sequence(-1).acknowledgement(-2)
                .headerLength(24).flags(0xFF).window(65535).checksum(0xABCD).urgentPointer(0x1234);
        assertThat(GuardedMemory.hex(address, 24)).isEqualTo("ffff0001fffffffffffffffe60ffffffabcd1234" + "00000000");
        assertThat(header.headerLength()).isEqualTo(24);
        assertThat(header.payloadLength()).isZero();
        assertThat(header.segmentLength()).isEqualTo(2);
    }

    @Test
    void shouldCountSynAndFinIntoTheSegmentLength() {
        wrap(DATA);
        assertThat(header.segmentLength()).isEqualTo(18);
        assertThat(header.flags(TcpHeader.FIN | TcpHeader.ACK).segmentLength()).isEqualTo(19);
        assertThat(header.flags(TcpHeader.SYN).segmentLength()).isEqualTo(19);
        assertThat(header.flags(TcpHeader.SYN | TcpHeader.FIN).segmentLength()).isEqualTo(20);
        assertThat(header.flags(0xFF & ~3).segmentLength()).isEqualTo(18);
    }

    @Test
    void shouldTestFlagsAllTogether() {
        wrap(SYN_ACK);
        assertThat(header.has(TcpHeader.SYN)).isTrue();
        assertThat(header.has(TcpHeader.SYN | TcpHeader.ACK)).isTrue();
        assertThat(header.has(TcpHeader.SYN | TcpHeader.RST)).isFalse();
    }

    @Test
    void shouldNameEveryFlag() {
        assertThat(TcpHeader.flagsText(0)).isEqualTo("none");
        assertThat(TcpHeader.flagsText(TcpHeader.SYN | TcpHeader.ACK)).isEqualTo("SYN,ACK");
        assertThat(TcpHeader.flagsText(0xFF)).isEqualTo("SYN,FIN,RST,PSH,ACK,URG,ECE,CWR");
    }
}
