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
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.MacOption;
import io.millrace.nativeports.linux.NamespaceOption;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.SocketDescriptor;
import io.millrace.nativeports.linux.TunDescriptor;
import io.millrace.nativeports.shared.KernelGuard;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
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
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return "packet sockets need Linux";
        }
        final LinuxCalls calls = new LinuxCalls();
        final int fd = calls.socket(PacketDescriptor.AF_PACKET, SocketDescriptor.SOCK_RAW | TunDescriptor.O_CLOEXEC, 0);
        if (fd < 0) {
            return AfPacketFailure.onSocket(-fd);
        }
        calls.close(fd);
        return null;
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
        final String namespace = spec.namespace();
        return namespace == null
                ? task.run(spec.interfaceName(), true)
                : HostNamespace.call(namespace, () -> task.run(spec.interfaceName(), false));
    }

    @Override
    public HostNetwork hostNetwork(final String argument) throws IOException {
        final AfPacketSpec spec = AfPacketSpec.parse(argument);
        return spec.inNamespace(() -> HostNetworkReader.read(spec.interfaceName()));
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
