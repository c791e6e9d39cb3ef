package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens ports of DPDK: {@code dpdk:EAL-ARGS}, see {@link DpdkArguments}. Thread: any. */
public final class DpdkDeviceProvider implements PacketDeviceProvider {
    static final String SCHEME = "dpdk";

    public DpdkDeviceProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String usage() {
        return "dpdk:EAL-ARGS [-- port=NAME]  a port of DPDK 22.11, e.g. \"dpdk:--allow=0000:03:00.0\"";
    }

    @Override
    public @Nullable String unavailabilityCause() {
        return Libraries.unavailabilityCause();
    }

    @Override
    public List<PortOption> options() {
        return DpdkArguments.OPTIONS;
    }

    @Override
    public void check(final String argument) throws IOException {
        DpdkArguments.parse(argument);
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        return DpdkExamination.of(DpdkArguments.parse(request.argument()), Path.of("/sys"));
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return DpdkDevice.open(request);
    }

    /** The kernel's interface that a virtual device sits on or makes; none for a NIC, which the kernel does not have. */
    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        final String name = DpdkArguments.parse(argument).devices().stream()
                .map(device -> DpdkArguments.argumentOf(device, "iface")).filter(found -> !found.isEmpty()).findFirst()
                .orElse("");
        return task.run(name, true);
    }
}
