package io.millrace.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.MillraceConfig;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.observe.ObservedStack;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.observe.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device in another network namespace than the doctor's: what counts is the kernel there. */
@RequiresNetworkNamespaces
@Timeout(60)
class NamespaceDoctorTest {
    private static final InetAddress OWN = InetAddress.ofLiteral("10.66.0.2");
    private static final Machine KERNEL_HERE_HAS_IT = new Machine(25, true, true, 4, 64L << 30, 1L << 30, Set.of(OWN));

    private final List<PacketDeviceProvider> providers = DeviceOpener.discover().providers();
    private NetworkNamespace namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new NetworkNamespace();
    }

    @AfterEach
    void removeNamespace() {
        namespace.close();
    }

    private List<Symptom> before(final String device) {
        return new BeforeRun(KERNEL_HERE_HAS_IT, Machine::interfaceMtu).machine(MillraceConfig.parse("""
                millrace.port.device = "%s"
                millrace.ip.addresses = ["10.66.0.2/24"]
                """.formatted(device)), providers).stream().map(Finding::symptom).toList();
    }

    @Test
    void shouldLookAtTheAddressesOfTheKernelWhereTheDeviceIs() throws IOException {
        assertThat(before("tap:mr0")).contains(Symptom.KERNEL_HAS_ADDRESS);
        assertThat(before("tap:mr0@" + namespace.name())).doesNotContain(Symptom.KERNEL_HAS_ADDRESS);
        namespace.run("ip", "address", "add", "10.66.0.2/32", "dev", "lo");
        assertThat(before("tap:mr0@" + namespace.name())).contains(Symptom.KERNEL_HAS_ADDRESS);
    }

    @Test
    void shouldCompareTheMtuOfTheInterfaceWhereTheDeviceIs() throws IOException {
        assertThat(before("tap:mr0@" + namespace.name())).doesNotContain(Symptom.MTU_DIFFERS);
        namespace.run("ip", "tuntap", "add", "mr0", "mode", "tap");
        namespace.run("ip", "link", "set", "mr0", "mtu", "1400", "up");
        namespace.run("ip", "address", "add", "10.66.0.1/24", "dev", "mr0");
        assertThat(before("tap:mr0@" + namespace.name())).contains(Symptom.MTU_DIFFERS);
        assertThat(before("tap:mr0")).doesNotContain(Symptom.MTU_DIFFERS);
    }

    @Test
    void shouldFindTheInterfaceOfAPacketSocket() throws IOException {
        namespace.run("ip", "tuntap", "add", "mr0", "mode", "tap");
        namespace.run("ip", "link", "set", "mr0", "mtu", "1400", "up");
        namespace.run("ip", "address", "add", "10.66.0.2/24", "dev", "mr0");
        assertThat(before("af-packet:mr0@" + namespace.name())).contains(Symptom.MTU_DIFFERS,
                Symptom.KERNEL_HAS_ADDRESS);
        assertThat(before("af-packet:lo@" + namespace.name() + ",mac=interface")).contains(Symptom.KERNEL_HAS_ADDRESS);
    }

    /** What it says can be typed: options of the port are no part of the interface's name. */
    @Test
    void shouldNameTheInterfaceAloneInTheCommandForItsMtu() throws IOException {
        namespace.run("ip", "tuntap", "add", "mr0", "mode", "tap");
        namespace.run("ip", "link", "set", "mr0", "mtu", "1400", "up");
        namespace.run("ip", "address", "add", "10.66.0.1/24", "dev", "mr0");
        final List<Finding> findings = new BeforeRun(KERNEL_HERE_HAS_IT, Machine::interfaceMtu).machine(
                MillraceConfig.parse("""
                        millrace.port.device = "af-packet:mr0@%s,mac=interface"
                        millrace.ip.addresses = ["10.66.0.2/24"]
                        """.formatted(namespace.name())),
                providers);
        assertThat(findings).filteredOn(finding -> finding.symptom() == Symptom.MTU_DIFFERS).singleElement()
                .extracting(Finding::remedy).isEqualTo("Set millrace.port.mtu = 1400, or, in the interface's network"
                        + " namespace: ip link set mr0 mtu 1500.");
    }

    @Test
    void shouldLookAtEachOfSeveralDevices() throws IOException {
        namespace.run("ip", "tuntap", "add", "mr1", "mode", "tap");
        namespace.run("ip", "link", "set", "mr1", "mtu", "1400", "up");
        namespace.run("ip", "address", "add", "10.67.0.2/24", "dev", "mr1");
        final List<Finding> findings = new BeforeRun(KERNEL_HERE_HAS_IT, Machine::interfaceMtu).machine(
                MillraceConfig.parse("""
                        millrace.port.device = memory
                        millrace.ip.addresses = ["10.65.0.2/24"]
                        millrace.ports = [{ device = "tap:mr1@%s", addresses = ["10.67.0.2/24"] }]
                        """.formatted(namespace.name())),
                providers);
        assertThat(findings).extracting(Finding::symptom).containsExactlyInAnyOrder(Symptom.MTU_DIFFERS,
                Symptom.KERNEL_HAS_ADDRESS);
        assertThat(findings.getFirst().remedy()).startsWith("Set mtu in millrace.ports = 1400");
        assertThat(kernelAddresses("memory:0, tap:mr1@" + namespace.name()))
                .contains(InetAddress.ofLiteral("10.67.0.2"));
    }

    @Test
    void shouldLookThereDuringARunToo() throws IOException {
        namespace.run("ip", "address", "add", "10.66.0.2/32", "dev", "lo");
        assertThat(kernelAddresses("tap:mr0")).isNotEmpty().doesNotContain(OWN);
        assertThat(kernelAddresses("tap:mr0@" + namespace.name())).contains(OWN);
    }

    private Set<InetAddress> kernelAddresses(final String device) throws IOException {
        try (ObservedStack stack = ObservedStack.create(null, 1, new Metadata("", device, "", List.of()))) {
            return Reports.read(stack.observer(), providers).kernelAddresses();
        }
    }
}
