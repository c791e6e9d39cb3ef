package io.millrace.interop;

import io.millrace.nativeports.dpdk.RequiresDpdk;
import io.millrace.nativeports.dpdk.Rings;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Tests that run over a TAP elsewhere, over the virtual devices of DPDK that end in the kernel. */
@RequiresDpdk
class DpdkInteropTest {
    /** Before the first test counts descriptors, as EAL keeps some. */
    @BeforeAll
    static void startEal() throws IOException {
        Rings.startEal();
    }

    @Nested
    @RequiresDpdk("net_tap")
    class Tap {
        @Nested
        class Http extends HttpInteropTest {
            Http() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Connect extends ConnectInteropTest {
            Connect() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class HalfClose extends HalfCloseInteropTest {
            HalfClose() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class ManyConnections extends ManyConnectionsInteropTest {
            ManyConnections() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Outage extends OutageInteropTest {
            Outage() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Datagrams extends DatagramInteropTest {
            Datagrams() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Ipv6 extends Ipv6InteropTest {
            Ipv6() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Ping extends PingInteropTest {
            Ping() {
                link = DpdkLink.tap();
            }
        }

        @Nested
        class Vlan extends VlanInteropTest {
            Vlan() {
                link = DpdkLink.tap();
            }
        }
    }

    @Nested
    @RequiresDpdk("net_af_packet")
    class PacketSocket {
        @Nested
        class Http extends HttpInteropTest {
            Http() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Connect extends ConnectInteropTest {
            Connect() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class HalfClose extends HalfCloseInteropTest {
            HalfClose() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class ManyConnections extends ManyConnectionsInteropTest {
            ManyConnections() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Outage extends OutageInteropTest {
            Outage() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Datagrams extends DatagramInteropTest {
            Datagrams() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Ipv6 extends Ipv6InteropTest {
            Ipv6() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Ping extends PingInteropTest {
            Ping() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Vlan extends VlanInteropTest {
            Vlan() {
                link = DpdkLink.packetSocket();
            }
        }
    }

    @Nested
    @RequiresDpdk("net_af_xdp")
    class XdpSocket {
        @Nested
        class Http extends HttpInteropTest {
            Http() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Connect extends ConnectInteropTest {
            Connect() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class HalfClose extends HalfCloseInteropTest {
            HalfClose() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class ManyConnections extends ManyConnectionsInteropTest {
            ManyConnections() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Outage extends OutageInteropTest {
            Outage() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Datagrams extends DatagramInteropTest {
            Datagrams() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Ipv6 extends Ipv6InteropTest {
            Ipv6() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Ping extends PingInteropTest {
            Ping() {
                link = DpdkLink.xdpSocket();
            }
        }

        @Nested
        class Vlan extends VlanInteropTest {
            Vlan() {
                link = DpdkLink.xdpSocket();
            }
        }
    }
}
