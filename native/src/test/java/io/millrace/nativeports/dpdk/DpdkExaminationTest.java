package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PortFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of DPDK before it starts, on machines made of files. */
class DpdkExaminationTest {
    @TempDir
    private Path sys;

    @BeforeEach
    void makeMachine() throws IOException {
        hugepages("2048kB", 0);
        hugepages("1048576kB", 0);
        for (final String driver : List.of("ixgbe", "vfio-pci")) {
            Files.createDirectories(sys.resolve("bus/pci/drivers").resolve(driver));
        }
        Files.createDirectories(sys.resolve("bus/pci/devices/0000:03:00.0"));
    }

    private void hugepages(final String size, final int free) throws IOException {
        final Path folder = sys.resolve("kernel/mm/hugepages/hugepages-" + size);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("free_hugepages"), free + "\n");
    }

    private void bind(final String driver) throws IOException {
        final Path link = sys.resolve("bus/pci/devices/0000:03:00.0/driver");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, sys.resolve("bus/pci/drivers").resolve(driver));
    }

    private List<String> examine(final String arguments) throws IOException {
        return DpdkExamination.of(DpdkArguments.parse(arguments), sys).stream().map(PortFinding::what).toList();
    }

    @Test
    void shouldMissHugepages() throws IOException {
        assertThat(examine("--no-pci --vdev=net_null0")).containsExactly("no hugepages are free");
        assertThat(examine("--no-huge --no-pci --vdev=net_null0")).isEmpty();
        hugepages("1048576kB", 1);
        assertThat(examine("--no-pci --vdev=net_null0")).isEmpty();
    }

    @Test
    void shouldFindANicThatTheKernelHas() throws IOException {
        assertThat(examine("--no-huge --allow=0000:03:00.0")).containsExactly("0000:03:00.0 has no driver");
        bind("ixgbe");
        assertThat(examine("--no-huge --allow=03:00.0"))
                .containsExactly("0000:03:00.0 is the kernel's, of the driver ixgbe");
        bind("vfio-pci");
        assertThat(examine("--no-huge --allow=0000:03:00.0")).isEmpty();
        assertThat(examine("--no-huge --allow=0000:04:00.0"))
                .containsExactly("there is no device 0000:04:00.0 on the PCI bus");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_af_packet0", "net_af_xdp0"})
    void shouldMissTheInterfaceOfASocket(final String device) throws IOException {
        assertThat(examine("--no-huge --no-pci --vdev=" + device + ",iface=nix0"))
                .containsExactly("there is no interface nix0");
    }
}
