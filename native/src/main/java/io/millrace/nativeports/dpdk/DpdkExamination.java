package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.linux.HostInterface;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands against a port of DPDK before EAL is started: hugepages, NICs of the kernel's. Thread: one. */
final class DpdkExamination {
    private static final String PCI_ADDRESS = "[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]";
    /** Drivers on an interface of the kernel, which cannot tell what a sender has left undone. */
    private static final List<String> ON_INTERFACES = List.of("net_af_packet", "net_af_xdp");

    private final Path sys;
    private final List<PortFinding> findings = new ArrayList<>();

    private DpdkExamination(final Path sys) {
        this.sys = sys;
    }

    /** @param sys where the system's devices are. */
    static List<PortFinding> of(final DpdkArguments arguments, final Path sys) throws IOException {
        final DpdkExamination examination = new DpdkExamination(sys);
        if (!arguments.isWithoutHugepages()) {
            examination.hugepages();
        }
        for (final String device : arguments.devices()) {
            final String name = DpdkArguments.nameOf(device);
            if (name.matches(PCI_ADDRESS)) {
                examination.nic(name);
            } else if (ON_INTERFACES.contains(driverOf(name))) {
                examination.onInterface(DpdkArguments.argumentOf(device, "iface"), driverOf(name));
            }
        }
        return List.copyOf(examination.findings);
    }

    private static String driverOf(final String name) {
        return name.replaceAll("[0-9]+$", "");
    }

    private void hugepages() {
        long free = 0;
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(sys.resolve("kernel/mm/hugepages"))) {
            for (final Path size : sizes) {
                free += Long.parseLong(Files.readString(size.resolve("free_hugepages")).strip());
            }
        } catch (final IOException | NumberFormatException e) {
            return; // nothing is known beforehand; EAL will tell
        }
        if (free == 0) {
            add(Weight.FATAL, "no hugepages are free",
                    "Reserve some, as root: sysctl -w vm.nr_hugepages=512; or do without: --no-huge");
        }
    }

    private void nic(final String address) {
        final Path device = sys.resolve("bus/pci/devices").resolve(address);
        if (!Files.exists(device)) {
            add(Weight.FATAL, "there is no device " + address + " on the PCI bus",
                    "`lspci` lists those that there are");
            return;
        }
        final Path driver = device.resolve("driver");
        final String name;
        try {
            name = Files.exists(driver) ? driver.toRealPath().getFileName().toString() : "";
        } catch (final IOException e) {
            return;
        }
        // mlx4 and mlx5 share their NIC with the kernel's driver
        if (!name.matches("vfio-pci|uio_pci_generic|igb_uio|mlx[45]_core")) {
            add(Weight.FATAL, address + (name.isEmpty() ? " has no driver" : " is the kernel's, of the driver " + name),
                    "Give it to DPDK as root: modprobe vfio-pci && dpdk-devbind.py --bind=vfio-pci " + address);
        }
    }

    private void onInterface(final String interfaceName, final String driver) throws IOException {
        if (interfaceName.isEmpty()) {
            return;
        }
        try (HostInterface host = new HostInterface(interfaceName)) {
            if (!host.exists()) {
                add(Weight.FATAL, "there is no interface " + interfaceName, "`ip link` lists those that there are");
            } else if (host.driver().startsWith("veth")) {
                add(Weight.ADVICE, "what the far end of " + interfaceName + " leaves to its device, DPDK's "
                        + driver + " drops: checksums and segmentation",
                        "There: ethtool -K IF tx off tso off gso off, if it is not done");
            }
        }
    }

    private void add(final Weight weight, final String what, final String remedy) {
        findings.add(new PortFinding(weight, what, remedy));
    }
}
