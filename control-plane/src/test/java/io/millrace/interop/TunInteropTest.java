package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that run over a TAP elsewhere, over a TUN: no Ethernet, no ARP, no Neighbour Discovery. */
class TunInteropTest {
    @Nested
    class Http extends HttpInteropTest {
        Http() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Connect extends ConnectInteropTest {
        Connect() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class HalfClose extends HalfCloseInteropTest {
        HalfClose() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class ManyConnections extends ManyConnectionsInteropTest {
        ManyConnections() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Outage extends OutageInteropTest {
        Outage() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Datagrams extends DatagramInteropTest {
        Datagrams() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class BackPressure extends BackPressureInteropTest {
        BackPressure() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Reset extends ResetInteropTest {
        Reset() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Socket extends SocketInteropTest {
        Socket() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Listen extends ListenInteropTest {
        Listen() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class PeerOptions extends PeerOptionsInteropTest {
        PeerOptions() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class PathMtu extends PathMtuInteropTest {
        PathMtu() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    class Ping extends KernelInteropBothFamilies {
        Ping() {
            link = KernelLink.TUN;
        }

        @ParameterizedTest(name = "offloads {0}, {1} bytes")
        @CsvSource({"true,56", "false,56", "true,1400", "false,1400", "true,9000", "false,9000"})
        void shouldAnswer(final boolean offloads, final String length) throws Exception {
            launch(offloads);
            assertThat(run("ping", "-n", "-c", "1", "-W", "20", "-s", length, stackIp())).contains("1 received");
            assertThat(counter("ArpRequestsSent")).isZero();
            assertThat(counter("ArpRepliesSent")).isZero();
            assertThat(counter("NdAdvertisementsSent")).isZero();
        }
    }
}
