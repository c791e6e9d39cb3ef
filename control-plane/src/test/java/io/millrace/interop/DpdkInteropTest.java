package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.dpdk.RequiresDpdk;
import io.millrace.nativeports.dpdk.Rings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that run over a TAP elsewhere, over the virtual devices of DPDK that end in the kernel. */
@RequiresNetworkNamespaces
@RequiresDpdk({"net_tap", "net_af_packet"})
class DpdkInteropTest {
    /** Before the first test counts descriptors, as EAL keeps some, and so does the first packet socket. */
    @BeforeAll
    static void startEal() throws Exception {
        Rings.startEal();
        try (NetworkNamespace kernel = new NetworkNamespace(); KernelLink link = DpdkLink.packetSocket()) {
            final MillraceConfig config = MillraceConfig.parse(link.join(kernel, true));
            kernel.call(() -> DeviceOpener.discover().open(config.get(PortKeys.DEVICE), config.deviceRequest()))
                    .close();
        }
    }

    @Nested
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

        /** The driver places flows as the kernel does, and software shares out anew. */
        @Nested
        class SeveralLoops extends SeveralLoopsInteropTest.Loops {
            SeveralLoops() {
                link = DpdkLink.tap();
            }

            @Override
            PacketDevice wrap(final PacketDevice device) {
                assertThat(device.placement()).isSameAs(FlowPlacement.UNKNOWN);
                return device;
            }
        }
    }

    /** The driver lets the kernel put fragments together, and cuts what is longer than its frames then: no tests of those. */
    @Nested
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

            /** Each engine has a socket of its own, and the kernel spreads over all that there are. */
            @Override
            @Test
            void shouldEchoOnTwoEngines() throws Exception {
                link = DpdkLink.packetSockets(2);
                super.shouldEchoOnTwoEngines();
            }
        }

        @Nested
        class Outage extends OutageInteropTest {
            Outage() {
                link = DpdkLink.packetSocket();
            }
        }

        @Nested
        class Ipv6 extends Ipv6InteropTest {
            Ipv6() {
                link = DpdkLink.packetSocket();
            }
        }
    }

    /** Frames are copied out of and into memory that the kernel shares. A veth has one queue, which engines share. */
    @Nested
    @RequiresDpdk("net_af_xdp")
    class XdpSocket {
        @Nested
        class Http extends HttpInteropTest {
            Http() {
                link = DpdkLink.xdpSocket();
            }

            /** The kernel's path is slow here: less than elsewhere. */
            @Override
            @ParameterizedTest(name = "offloads {0}, {1} bytes")
            @CsvSource({"true,100000000", "false,100000000"})
            void shouldSendEveryByteToCurl(final boolean offloads, final long length) throws Exception {
                super.shouldSendEveryByteToCurl(offloads, length);
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

        /** A veth has one queue for it, which software shares out. */
        @Nested
        class SeveralLoops extends SeveralLoopsInteropTest.Loops {
            SeveralLoops() {
                link = DpdkLink.xdpSocket();
            }

            @Override
            PacketDevice wrap(final PacketDevice device) {
                assertThat(device.queues()).isEqualTo(1);
                return device;
            }
        }
    }
}
