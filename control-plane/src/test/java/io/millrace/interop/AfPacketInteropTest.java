package io.millrace.interop;

import org.junit.jupiter.api.Nested;

/** Tests that run over a TAP elsewhere, over packet sockets on a veth. */
class AfPacketInteropTest {
    private static KernelLink veth() {
        return new VethLink("af-packet", false);
    }

    @Nested
    class Http extends HttpInteropTest {
        Http() {
            link = veth();
        }
    }

    @Nested
    class Iperf extends IperfInteropTest {
        Iperf() {
            link = veth();
        }
    }

    @Nested
    class HostileFrames extends HostileFramesInteropTest {
        HostileFrames() {
            link = veth();
        }
    }

    @Nested
    class Bulk extends BulkInteropTest {
        Bulk() {
            link = veth();
        }
    }

    @Nested
    class Disturbed extends DisturbedInteropTest {
        Disturbed() {
            link = veth();
        }
    }

    @Nested
    class Connect extends ConnectInteropTest {
        Connect() {
            link = veth();
        }
    }

    @Nested
    class HalfClose extends HalfCloseInteropTest {
        HalfClose() {
            link = veth();
        }
    }

    /** The kernel leaves checksums and segmentation to a stack that itself leaves it neither. */
    @Nested
    class HalfCloseWithUnlikeOffloads extends HalfCloseInteropTest {
        HalfCloseWithUnlikeOffloads() {
            link = new VethLink("af-packet", true);
        }
    }

    @Nested
    class ConnectWithTheAddressOfTheInterface extends ConnectInteropTest {
        ConnectWithTheAddressOfTheInterface() {
            link = new VethLink("af-packet", true, ",mac=interface");
        }
    }

    @Nested
    class ManyConnections extends ManyConnectionsInteropTest {
        ManyConnections() {
            link = veth();
        }
    }

    @Nested
    class Outage extends OutageInteropTest {
        Outage() {
            link = veth();
        }
    }

    @Nested
    class Datagrams extends DatagramInteropTest {
        Datagrams() {
            link = veth();
        }
    }

    @Nested
    class Ipv6 extends Ipv6InteropTest {
        Ipv6() {
            link = veth();
        }
    }

    @Nested
    class Vlan extends VlanInteropTest {
        Vlan() {
            link = veth();
        }
    }

    @Nested
    class Ping extends PingInteropTest {
        Ping() {
            link = veth();
        }
    }
}
