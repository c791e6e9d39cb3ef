package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.LinuxRelease;
import io.millrace.nativeports.linux.NamespaceOption;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens AF_XDP sockets on interfaces of the kernel: {@code af-xdp:IF}. Thread: any. */
public final class AfXdpDeviceProvider implements PacketDeviceProvider {
    static final String SCHEME = "af-xdp";

    public AfXdpDeviceProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String usage() {
        return "af-xdp:IF[@NAMESPACE][,queue=N][,OPTION=...]  queues of an interface, shared memory, beside the kernel";
    }

    @Override
    public @Nullable String unavailabilityCause() {
        if (!LinuxRelease.isLinux()) {
            return "AF_XDP sockets need Linux";
        }
        try {
            new XdpSocket(SCHEME).close();
            new XskMap(1).close();
            return null;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public List<PortOption> options() {
        return Stream.concat(Stream.of(NamespaceOption.NAMESPACE), AfXdpOptions.ALL.stream()).toList();
    }

    @Override
    public void check(final String argument) throws IOException {
        AfXdpSpec.parse(argument);
    }

    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        final AfXdpSpec spec = AfXdpSpec.parse(argument);
        return HostNamespace.call(spec.namespace(), () -> task.run(spec.interfaceName(), spec.namespace() == null));
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        final AfXdpSpec spec = AfXdpSpec.parse(request.argument());
        return atHost(request.argument(), (name, here) -> AfXdpExamination.of(spec, request));
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return AfXdpDevice.open(request);
    }
}
