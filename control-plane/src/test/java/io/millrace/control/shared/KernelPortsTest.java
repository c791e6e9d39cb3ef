package io.millrace.control.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.SharedPorts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelPortsTest {
    private static SharedPorts ports(final int... chosen) {
        final BitSet bits = new BitSet();
        for (final int port : chosen) {
            bits.set(port);
        }
        return new SharedPorts(List.of(InetAddress.ofLiteral("192.0.2.1")), bits, new BitSet(), true);
    }

    private static List<PortFinding> range(final String range, final String reserved, final SharedPorts ports) {
        final List<PortFinding> found = new ArrayList<>();
        KernelPorts.range(List.of(range), List.of(reserved), ports, found);
        return found;
    }

    @Test
    void shouldReadSocketsOfIpv4() {
        final KernelSocket socket = KernelSocket.parse(
                "   0: 010200C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0");
        assertThat(socket).isEqualTo(new KernelSocket(InetAddress.ofLiteral("192.0.2.1"), 80, KernelSocket.LISTEN,
                4_711));
        assertThat(socket).hasToString("192.0.2.1:80");
        assertThat(socket.isAt(List.of(InetAddress.ofLiteral("192.0.2.1")))).isTrue();
        assertThat(socket.isAt(List.of(InetAddress.ofLiteral("192.0.2.2")))).isFalse();
        assertThat(KernelSocket.parse("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                + "   uid  timeout inode")).isNull();
        assertThat(KernelSocket.parse("")).isNull();
    }

    @Test
    void shouldReadSocketsOfIpv6() {
        final KernelSocket socket = KernelSocket.parse("   1: B80D0120000000000000000001000000:01BB"
                + " 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2");
        assertThat(socket).hasToString("[2001:db8::1]:443");
        final KernelSocket any = KernelSocket.parse("   1: 00000000000000000000000000000000:01BB"
                + " 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2");
        assertThat(any.isAt(List.of())).as("the wildcard").isTrue();
        final KernelSocket mapped = KernelSocket.parse("   1: 0000000000000000FFFF0000010200C0:0050"
                + " 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 2");
        assertThat(mapped.isAt(List.of(InetAddress.ofLiteral("192.0.2.1")))).isTrue();
    }

    @Test
    void shouldFindPortsThatTheKernelMayChoose() {
        assertThat(range("32768\t60999", "", ports(80, 61_000, 65_535))).isEmpty();
        assertThat(range("32768\t60999", "", ports(80, 32_768, 60_998, 60_999, 61_000))).singleElement()
                .satisfies(found -> {
                    assertThat(found.what()).startsWith("the kernel may choose 32768,60998-60999 for connections");
                    assertThat(found.remedy()).endsWith("ip_local_reserved_ports=32768,60998-60999");
                });
    }

    @Test
    void shouldHeedPortsThatAreReserved() {
        assertThat(range("32768\t60999", "8080,40000-40010", ports(40_000, 40_010))).isEmpty();
        assertThat(range("32768\t60999", "8080,40000-40010", ports(40_000, 40_011))).singleElement()
                .extracting(PortFinding::remedy).asString()
                .endsWith("ip_local_reserved_ports=8080,40000-40010,40011");
        assertThat(range("1\t65535", "", ports(1, 65_535))).hasSize(1);
    }
}
