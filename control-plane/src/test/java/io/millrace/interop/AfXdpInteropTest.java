package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PacketDevice;
import org.junit.jupiter.api.Nested;

/** Tests that run over a TAP elsewhere, over AF_XDP sockets on a veth. */
class AfXdpInteropTest {
    private static KernelLink veth() {
        return new VethLink("af-xdp", false);
    }

    /** With one engine, what the second queue receives comes by the packet socket. */
    private static KernelLink vethWithTwoQueues() {
        return new VethLink("af-xdp", false, "", 2);
    }

    @Nested
    class Http extends HttpInteropTest {
        Http() {
            link = veth();
        }
    }

    /** A queue for each of its engines where it has two. */
    @Nested
    class Iperf extends IperfInteropTest {
        Iperf() {
            link = vethWithTwoQueues();
        }
    }

    @Nested
    class Bulk extends BulkInteropTest {
        Bulk() {
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
    class Disturbed extends DisturbedInteropTest {
        Disturbed() {
            link = vethWithTwoQueues();
        }
    }

    /** Two queues for three engines: what a queue brings is shared out by software. */
    @Nested
    class SeveralLoops extends SeveralLoopsInteropTest.Loops {
        SeveralLoops() {
            link = vethWithTwoQueues();
        }

        @Override
        PacketDevice wrap(final PacketDevice device) {
            assertThat(device.queues()).isEqualTo(2);
            return device;
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
            link = new VethLink("af-xdp", true);
        }
    }

    /** Segments of 64 KiB arrive, in pieces. */
    @Nested
    class HalfCloseInGenericMode extends HalfCloseInteropTest {
        HalfCloseInGenericMode() {
            link = new VethLink("af-xdp", true, ",mode=generic");
        }
    }

    /** Groups included, of which one queue of two gets those that come there. */
    @Nested
    class ConnectWithTheAddressOfTheInterface extends ConnectInteropTest {
        ConnectWithTheAddressOfTheInterface() {
            link = new VethLink("af-xdp", true, ",mac=interface,groups=all", 2);
        }
    }

    @Nested
    class ManyConnections extends ManyConnectionsInteropTest {
        ManyConnections() {
            link = vethWithTwoQueues();
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
            link = vethWithTwoQueues();
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
}
