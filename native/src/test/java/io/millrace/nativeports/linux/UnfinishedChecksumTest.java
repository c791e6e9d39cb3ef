package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checksums are taken for unfinished; what they have to be is summed up here word by word. */
class UnfinishedChecksumTest {
    private static final String MACS = "02000000000a" + "02000000000f";
    private static final String TAG = "8100" + "6007";
    private static final String V4_ADDRESSES = "c0000263" + "c0000201";
    private static final String V6_ADDRESSES = "20010db8000000000000000000000063" + "fe800000000000008000000000000001";
    private static final String ROUTER_ALERT = "94040000";
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SHORTEST_FRAME = 60;

    private final FramePool pool = new FramePool("frames under test", 1, 2_048);
    private final UnfinishedChecksum unfinished = new UnfinishedChecksum();
    private long frame;

    @BeforeEach
    void acquire() {
        frame = pool.acquire();
    }

    @AfterEach
    void release() {
        pool.release(frame);
        pool.close();
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 0", "4, 6, 1", "4, 6, 999", "4, 6, 1000", "4, 17, 0", "4, 17, 1", "4, 17, 999", "4, 17, 1000",
            "6, 6, 0", "6, 6, 1", "6, 6, 999", "6, 6, 1000", "6, 17, 0", "6, 17, 1", "6, 17, 999", "6, 17, 1000"})
    void shouldTellASumOfThePseudoHeaderFromAChecksum(final int version, final int protocol, final int payload) {
        final String transport = transport(protocol, payload);
        final int unfinished = sum(pseudoHeader(version, protocol, transport));
        final int finished = ~sum(pseudoHeader(version, protocol, transport) + transport) & 0xFFFF;
        final int header = version == 4 ? 20 : 40;
        for (final String tag : new String[]{"", TAG}) {
            final String before = MACS + tag + ip(version, protocol, transport);
            mark(before + with(protocol, transport, unfinished));
            assertMarked(MACS.length() / 2 + tag.length() / 2 + 2 + header, protocol);
            mark(before + with(protocol, transport, finished));
            assertUnmarked();
            mark(before + with(protocol, transport, unfinished ^ 1));
            assertUnmarked();
        }
    }

    /** RFC 768: zero says that there is no checksum; a sum that comes to zero is all ones. */
    @Test
    void shouldTakeZeroForNoChecksumRatherThanForASum() {
        final String transport = transport(UDP, 6);
        // 0 + ffe0 + 0011 + 000e, which is ffff
        final String v4 = MACS + "0800" + "45000022000040004011" + "0000" + "00000000" + "ffe00000";
        assertThat(sum("00000000" + "ffe00000" + "0011" + "000e")).isEqualTo(0xFFFF);
        mark(v4 + with(UDP, transport, 0));
        assertUnmarked();
        mark(v4 + with(UDP, transport, 0xFFFF));
        assertMarked(34, UDP);
    }

    @Test
    void shouldFindTheChecksumBehindOptions() {
        final String transport = transport(TCP, 5);
        final int unfinished = sum(pseudoHeader(4, TCP, transport));
        mark(MACS + "0800" + "46000031000040000106" + "0000" + V4_ADDRESSES + ROUTER_ALERT
                + with(TCP, transport, unfinished));
        assertMarked(38, TCP);
    }

    /** Hop-by-hop options, a routing header that is used up, options for the destination; each names the next. */
    @ParameterizedTest
    @CsvSource({"0, 6", "0, 17", "1, 6", "1, 17", "2, 6", "2, 17"})
    void shouldFindTheChecksumBehindExtensionHeaders(final int first, final int protocol) {
        final String[] headers = {"2b00050200000100", "3c02000000000000" + "00".repeat(16),
                "%02x00010400000000".formatted(protocol)};
        final int[] numbers = {0, 43, 60};
        final String before = String.join("", List.of(headers).subList(first, 3));
        final String transport = transport(protocol, 9);
        final int sum = sum(pseudoHeader(6, protocol, transport));
        final String ip = MACS + ip(6, numbers[first], before + transport) + before;
        mark(ip + with(protocol, transport, sum));
        assertMarked(54 + before.length() / 2, protocol);
        mark(ip + with(protocol, transport, sum ^ 1));
        assertUnmarked();
    }

    /** What is cut off still lies behind the frame; the headers fill the packet, or reach beyond it. */
    @ParameterizedTest
    @ValueSource(strings = {"0600010400000000", "0601010400000000", "06ff010400000000"})
    void shouldLeaveExtensionHeadersWithoutAnUpperLayer(final String header) {
        final String transport = transport(TCP, 0);
        final int sum = sum(pseudoHeader(6, TCP, ""));
        mark(MACS + ip(6, 60, header) + header + with(TCP, transport, sum));
        assertUnmarked();
    }

    /** A frame that is shorter than Ethernet's shortest is filled up. */
    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void shouldTakeThePacketsLengthRatherThanTheFrames(final int version) {
        final String transport = transport(UDP, 1);
        final int unfinished = sum(pseudoHeader(version, UDP, transport));
        final String packet = MACS + ip(version, UDP, transport) + with(UDP, transport, unfinished);
        mark(packet + "ab".repeat(SHORTEST_FRAME));
        assertMarked(version == 4 ? 34 : 54, UDP);
    }

    @ParameterizedTest
    @CsvSource({"4, 6", "4, 17", "6, 6", "6, 17"})
    void shouldLeaveWhatIsCutShort(final int version, final int protocol) {
        final String transport = transport(protocol, 3);
        final int unfinished = sum(pseudoHeader(version, protocol, transport));
        final String whole = MACS + ip(version, protocol, transport) + with(protocol, transport, unfinished);
        mark(whole);
        assertThat(Frame.flags(frame)).isEqualTo(Frame.CHECKSUM_PARTIAL);
        // what is cut off still lies behind the frame
        for (int length = (MACS + "0800").length(); length < whole.length(); length += 2) {
            mark(whole.substring(0, length));
            assertUnmarked();
        }
    }

    /** Their kernel finishes a checksum before it takes a packet to pieces. */
    @ParameterizedTest
    @ValueSource(strings = {"2000", "2001", "0001", "3fff"})
    void shouldLeaveFragments(final String flagsAndOffset) {
        final String transport = transport(UDP, 8);
        final int unfinished = sum(pseudoHeader(4, UDP, transport));
        mark(MACS + "0800" + "450000240000" + flagsAndOffset + "4011" + "0000" + V4_ADDRESSES
                + with(UDP, transport, unfinished));
        assertUnmarked();
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 132", "6, 58", "6, 44"})
    void shouldLeaveOtherProtocols(final int version, final int protocol) {
        final String transport = transport(UDP, 20);
        final int sum = sum(pseudoHeader(version, protocol, transport));
        for (final int as : new int[]{TCP, UDP}) {
            mark(MACS + ip(version, protocol, transport) + with(as, transport, sum));
            assertUnmarked();
        }
    }

    @Test
    void shouldLeaveOtherEthernetTypes() {
        final String transport = transport(TCP, 0);
        mark(MACS + "88b5" + ip(4, TCP, transport).substring(4)
                + with(TCP, transport, sum(pseudoHeader(4, TCP, transport))));
        assertUnmarked();
    }

    /** The field would lie 32 bytes from the beginning. */
    @Test
    void shouldLeaveAHeaderThatIsTooShort() {
        final int sum = sum(V4_ADDRESSES + "0006" + "0018");
        mark(MACS + "0800" + "44000028000040004006" + "0000" + V4_ADDRESSES + "00".repeat(12) + "%04x".formatted(sum)
                + "00".repeat(6));
        assertUnmarked();
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 17", "4, 17, 7", "6, 6, 17", "6, 17, 7", "4, 6, 0", "6, 17, 0"})
    void shouldLeaveAPacketThatEndsBeforeItsField(final int version, final int protocol, final int length) {
        final String transport = transport(protocol, 0);
        final String cut = transport.substring(0, 2 * length);
        mark(MACS + ip(version, protocol, cut)
                + with(protocol, transport, sum(pseudoHeader(version, protocol, cut))));
        assertUnmarked();
    }

    /** A header whose field is zero, and a payload. */
    private static String transport(final int protocol, final int payload) {
        final StringBuilder bytes = new StringBuilder(protocol == TCP
                ? "c0000050" + "01234567" + "89abcdef" + "5018" + "2000" + "0000" + "0000"
                : "c0000035" + "%04x".formatted(8 + payload) + "0000");
        for (int i = 0; i < payload; i++) {
            bytes.append("%02x".formatted(i * 7 + 3 & 0xFF));
        }
        return bytes.toString();
    }

    private static String with(final int protocol, final String transport, final int checksum) {
        final int at = protocol == TCP ? 32 : 12;
        return transport.substring(0, at) + "%04x".formatted(checksum) + transport.substring(at + 4);
    }

    /** Ethernet type and header, of which nothing but a checksum is missing. */
    private static String ip(final int version, final int protocol, final String transport) {
        final int length = transport.length() / 2;
        return version == 4
                ? "0800" + "4500" + "%04x".formatted(20 + length) + "0000" + "4000" + "40%02x".formatted(protocol)
                        + "0000"
                        + V4_ADDRESSES
                : "86dd" + "60000000" + "%04x".formatted(length) + "%02x40".formatted(protocol) + V6_ADDRESSES;
    }

    private static String pseudoHeader(final int version, final int protocol, final String transport) {
        return (version == 4 ? V4_ADDRESSES : V6_ADDRESSES) + "%04x".formatted(protocol)
                + "%04x".formatted(transport.length() / 2);
    }

    /** RFC 1071: words in ones' complement; an odd byte is the first of a word. */
    private static int sum(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xFF) << ((i & 1) == 0 ? Byte.SIZE : 0);
            sum = (sum & 0xFFFF) + (sum >>> Short.SIZE);
        }
        return sum;
    }

    private void mark(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        Frame.reset(frame);
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        unfinished.mark(frame);
    }

    private void assertMarked(final int start, final int protocol) {
        assertThat(Frame.flags(frame)).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(Frame.checksumStart(frame)).isEqualTo(start);
        assertThat(Frame.checksumOffset(frame)).isEqualTo(protocol == TCP ? 16 : 6);
    }

    private void assertUnmarked() {
        assertThat(Frame.flags(frame)).isZero();
    }
}
