package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.HostNetwork;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.HostNetworkReader;
import io.millrace.nativeports.linux.LinuxRelease;
import io.millrace.nativeports.linux.MacOption;
import io.millrace.nativeports.linux.NamespaceOption;
import io.millrace.nativeports.shared.KernelGuard;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens packet sockets on interfaces of the kernel: {@code af-packet:IF}. Thread: any. */
public final class AfPacketDeviceProvider implements PacketDeviceProvider {
    static final String SCHEME = "af-packet";

    public AfPacketDeviceProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String usage() {
        return "af-packet:IF[@NAMESPACE][,mac=interface|ADDRESS][,filter=none]  an interface of the kernel, beside the kernel";
    }

    @Override
    public @Nullable String unavailabilityCause() {
        if (!LinuxRelease.isLinux()) {
            return "packet sockets need Linux";
        }
        try {
            new RingSocket(SCHEME).close();
            return null;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public List<PortOption> options() {
        return List.of(NamespaceOption.NAMESPACE, MacOption.MAC, AfPacketSpec.FILTER_OPTION);
    }

    @Override
    public void check(final String argument) throws IOException {
        AfPacketSpec.parse(argument);
    }

    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        final AfPacketSpec spec = AfPacketSpec.parse(argument);
        return HostNamespace.call(spec.namespace(), () -> task.run(spec.interfaceName(), spec.namespace() == null));
    }

    @Override
    public HostNetwork hostNetwork(final String argument) throws IOException {
        final AfPacketSpec spec = AfPacketSpec.parse(argument);
        return HostNamespace.call(spec.namespace(), () -> HostNetworkReader.read(spec.interfaceName()));
    }

    @Override
    public List<PortFinding> examineShared(final DeviceRequest request, final SharedPorts ports) {
        return KernelGuard.examine(ports);
    }

    @Override
    public PacketDevice openShared(final DeviceRequest request, final SharedPorts ports) throws IOException {
        return AfPacketDevice.openShared(request, ports);
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        final AfPacketSpec spec = AfPacketSpec.parse(request.argument());
        return atHost(request.argument(), (name, here) -> AfPacketExamination.of(spec, request));
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return AfPacketDevice.open(request);
    }
}
