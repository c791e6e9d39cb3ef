package io.millrace.nativeports.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a frame is, by the programs as the kernel runs them. */
@RequiresNetworkNamespaces
class FrameClassesTest {
    private static final String ETHERNET = "000000000000" + "02000000000f";
    private static final String ALL_ETHERNET = "ffffffffffff" + "02000000000f";
    private static final String GROUP_ETHERNET = "333300000001" + "02000000000f";
    private static final String PEER = "c0000263";
    private static final String OURS = "c0000201";
    private static final String OURS_TOO = "0a000001";
    private static final String OTHER = "c0000202";
    private static final String PEER6 = "20010db8000000000000000000000063";
    private static final String OURS6 = "20010db8000000000000000000000001";
    private static final String LINK_LOCAL = "fe80000000000000" + "8000000000000001";
    private static final String OTHER6 = "20010db8000000000000000100000001";
    private static final String ALL_NODES = "ff020000000000000000000000000001";
    private static final String PORT_80 = "c0000050";
    private static final String PORT_53 = "c0000035";
    private static final String PORT_22 = "c0000016";
    private static final String PORT_LAST = "c000ffff";
    private static final String REST = "000000010000000050020400000000000000000000000000";
    private static final int TCP = 6;
    private static final int UDP = 17;

    private ProgramRun run;

    @BeforeEach
    void load() throws Exception {
        final String cause = ProgramRun.unavailabilityCause();
        assumeTrue(cause == null, cause);
        run = new ProgramRun();
    }

    @AfterEach
    void unload() {
        if (run != null) {
            run.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"6, c0000050, stack", "17, c0000050, kernel", "6, c0000035, kernel", "17, c0000035, stack",
            "6, c0000016, kernel", "17, c0000016, kernel", "6, c000ffff, stack", "17, c000ffff, stack",
            "6, 00500016, kernel", "132, c0000050, kernel", "1, c0000050, kernel"})
    void shouldTakeChosenPortsOfTheirProtocolAlone(final int protocol, final String ports, final String owner) {
        assertThat(v4(OURS, protocol, 0, ports)).isEqualTo(owner);
        assertThat(v4(OURS_TOO, protocol, 0, ports)).isEqualTo(owner);
        assertThat(v6(OURS6, protocol, ports)).isEqualTo(owner);
        assertThat(v6(LINK_LOCAL, protocol, ports)).isEqualTo(owner);
    }

    @Test
    void shouldLeaveOtherAddressesToTheKernel() {
        assertThat(v4(OTHER, TCP, 0, PORT_80)).isEqualTo("kernel");
        assertThat(v6(OTHER6, TCP, PORT_80)).isEqualTo("kernel");
    }

    @Test
    void shouldDoWithAddressesOfOneFamily() throws Exception {
        final String v4 = "0800" + "4500003000000000" + "40060000" + PEER + OURS + PORT_80 + REST;
        final String v6 = "86dd" + "60000000001806ff" + PEER6 + OURS6 + PORT_80 + REST;
        try (ProgramRun one = new ProgramRun("192.0.2.1")) {
            assertThat(one.ownerOf(ETHERNET + v4)).isEqualTo("stack");
            assertThat(one.ownerOf(ETHERNET + v6)).isEqualTo("kernel");
        }
        try (ProgramRun other = new ProgramRun("2001:db8::1")) {
            assertThat(other.ownerOf(ETHERNET + v4)).isEqualTo("kernel");
            assertThat(other.ownerOf(ETHERNET + v6)).isEqualTo("stack");
        }
    }

    @Test
    void shouldFindPortsBehindOptions() {
        final String header = "46000034000000004006" + "0000" + PEER + OURS + "94040000";
        assertThat(run.ownerOf(ETHERNET + "0800" + header + PORT_80 + REST)).isEqualTo("stack");
        assertThat(run.ownerOf(ETHERNET + "0800" + header + PORT_22 + REST)).isEqualTo("kernel");
    }

    @Test
    void shouldFindPortsBehindExtensionHeaders() {
        final String options = "%02x" + "01" + "0000000000000000000000000000";
        final String hopByHop = options.formatted(60);
        final String destination = options.formatted(TCP);
        assertThat(v6(OURS6, 0, hopByHop + destination + PORT_80)).isEqualTo("stack");
        assertThat(v6(OURS6, 0, hopByHop + destination + PORT_22)).isEqualTo("kernel");
        assertThat(v6(OURS6, 60, options.formatted(60).repeat(3) + destination + PORT_80)).isEqualTo("stack");
        assertThat(v6(OURS6, 60, options.formatted(60).repeat(4) + destination + PORT_80)).as("five headers")
                .isEqualTo("kernel");
    }

    @Test
    void shouldTakeFirstFragmentsAndGiveLaterOnesToBoth() {
        assertThat(v4(OURS, UDP, 0x2000, PORT_53)).as("first").isEqualTo("stack");
        assertThat(v4(OURS, UDP, 0x2000, PORT_22)).as("first of another").isEqualTo("kernel");
        assertThat(v4(OURS, UDP, 0x2001, PORT_22)).as("middle").isEqualTo("both");
        assertThat(v4(OURS, TCP, 0x0100, PORT_22)).as("last").isEqualTo("both");
        assertThat(v4(OURS, 1, 0x0100, PORT_22)).as("of ICMP").isEqualTo("kernel");
        assertThat(v4(OTHER, TCP, 0x0100, PORT_22)).as("of another address").isEqualTo("kernel");
    }

    @Test
    void shouldDoSoWithFragmentsOfIpv6() {
        assertThat(v6(OURS6, 44, "1100" + "0001" + "00000007" + PORT_53)).as("first").isEqualTo("stack");
        assertThat(v6(OURS6, 44, "1100" + "0000" + "00000007" + PORT_53)).as("atomic").isEqualTo("stack");
        assertThat(v6(OURS6, 44, "1100" + "0001" + "00000007" + PORT_22)).as("first of another").isEqualTo("kernel");
        assertThat(v6(OURS6, 44, "1100" + "0008" + "00000007" + PORT_22)).as("last").isEqualTo("both");
        assertThat(v6(OURS6, 44, "3a00" + "0008" + "00000007" + PORT_22)).as("of ICMP").isEqualTo("kernel");
    }

    @ParameterizedTest
    @CsvSource({"03, both", "0b, both", "0c, both", "08, kernel", "00, kernel", "05, kernel", "0d, kernel"})
    void shouldGiveErrorsOfIcmpToBoth(final String type, final String owner) {
        assertThat(v4(OURS, 1, 0, type + "040000")).isEqualTo(owner);
        assertThat(v4(OTHER, 1, 0, type + "040000")).isEqualTo("kernel");
    }

    @ParameterizedTest
    @CsvSource({"01, both", "02, both", "03, both", "04, both", "80, kernel", "81, kernel", "85, kernel", "86, kernel",
            "87, kernel", "89, kernel", "8f, kernel"})
    void shouldGiveErrorsOfIcmpv6ToBoth(final String type, final String owner) {
        assertThat(v6(OURS6, 58, type + "000000")).isEqualTo(owner);
    }

    @Test
    void shouldGiveAdvertisementsOfNeighboursToBoth() {
        final String advertisement = "8800000060000000";
        assertThat(v6(OURS6, 58, advertisement + PEER6)).isEqualTo("both");
        assertThat(v6(OURS6, 58, advertisement + OURS6)).as("a claim").isEqualTo("kernel");
        assertThat(v6(OURS6, 58, advertisement + LINK_LOCAL)).as("a claim").isEqualTo("kernel");
        assertThat(toAllNodes(58, advertisement + PEER6)).isEqualTo("both");
        assertThat(toAllNodes(58, advertisement + OURS6)).as("a claim").isEqualTo("kernel");
        assertThat(toAllNodes(58, "8600000000000000" + PEER6)).as("of a router").isEqualTo("kernel");
        assertThat(toAllNodes(UDP, PORT_53)).isEqualTo("kernel");
    }

    @Test
    void shouldTakeNoAnswerAwayFromTheKernelAndGiveQuestionsToItAlone() {
        assertThat(arp(ETHERNET, 2, PEER, OURS)).as("answer").isEqualTo("both");
        assertThat(arp(ALL_ETHERNET, 1, PEER, PEER)).as("announcement").isEqualTo("both");
        assertThat(arp(ALL_ETHERNET, 1, PEER, OURS)).as("question").isEqualTo("kernel");
        assertThat(arp(ETHERNET, 1, PEER, OURS)).as("question to us").isEqualTo("kernel");
        assertThat(arp(ALL_ETHERNET, 1, OURS, OURS)).as("claim").isEqualTo("kernel");
        assertThat(arp(ETHERNET, 2, OURS, PEER)).as("claim").isEqualTo("kernel");
    }

    @Test
    void shouldLeaveGroupsAndOthersFramesToTheKernel() {
        final String datagram = "0800" + "4500002c0000000040110000" + PEER + OURS + PORT_53 + REST;
        assertThat(run.ownerOf(ETHERNET + datagram)).isEqualTo("stack");
        assertThat(run.ownerOf(ALL_ETHERNET + datagram)).as("broadcast").isEqualTo("kernel");
        assertThat(run.ownerOf("0200000000aa" + "02000000000f" + datagram)).as("another host's").isEqualTo("kernel");
        assertThat(run.ownerOf(ETHERNET + "88b5" + datagram)).as("another protocol").isEqualTo("kernel");
    }

    @Test
    void shouldLeaveWhatIsCutShortToTheKernel() {
        final List<String> frames = List.of("0800" + "4500002c0000000040060000" + PEER + OURS + PORT_80,
                "86dd" + "60000000001806ff" + PEER6 + OURS6 + PORT_LAST,
                "86dd" + "6000000000182cff" + PEER6 + OURS6 + "1100" + "0001" + "00000007" + PORT_53,
                "0806" + "0001080006040002" + "02000000000f" + PEER + "000000000000" + OURS);
        for (final String frame : frames) {
            // the kernel tries none whose IP header is cut
            for (int length = frame.startsWith("86dd") ? 84 : 44; length < frame.length(); length += 2) {
                assertThat(run.ownerOf(ETHERNET + frame.substring(0, length))).as(frame.substring(0, length))
                        .isEqualTo("kernel");
            }
            assertThat(run.ownerOf(ETHERNET + frame)).isNotEqualTo("kernel");
        }
    }

    private String v4(final String destination, final int protocol, final int fragment, final String rest) {
        return run.ownerOf(ETHERNET + "0800" + "450000300000" + "%04x".formatted(fragment) + "40"
                + "%02x".formatted(protocol) + "0000" + PEER + destination + rest + REST);
    }

    private String v6(final String destination, final int next, final String rest) {
        return run.ownerOf(ETHERNET + "86dd" + "600000000018" + "%02x".formatted(next) + "ff" + PEER6 + destination
                + rest + REST);
    }

    private String toAllNodes(final int next, final String rest) {
        return run.ownerOf(GROUP_ETHERNET + "86dd" + "600000000018" + "%02x".formatted(next) + "ff" + PEER6 + ALL_NODES
                + rest + REST);
    }

    private String arp(final String ethernet, final int operation, final String sender, final String target) {
        return run.ownerOf(ethernet + "0806" + "000108000604" + "%04x".formatted(operation) + "02000000000f" + sender
                + "000000000000" + target);
    }
}
