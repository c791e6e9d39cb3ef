package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import io.millrace.nativeports.linux.LinuxRelease;
import io.millrace.nativeports.linux.NamespaceOption;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What providers of devices of {@code /dev/net/tun} have in common. Thread: any. */
abstract class KernelDeviceProvider implements PacketDeviceProvider {
    private static final int CAP_NET_ADMIN = 12;

    private final TunKind kind;
    private final String usage;

    KernelDeviceProvider(final TunKind kind, final String usage) {
        this.kind = kind;
        this.usage = usage;
    }

    @Override
    public String scheme() {
        return kind.scheme();
    }

    @Override
    public String usage() {
        return usage;
    }

    @Override
    public @Nullable String unavailabilityCause() {
        if (!LinuxRelease.isLinux()) {
            return kind + " devices need Linux";
        }
        final Path tun = Path.of(TunDescriptor.PATH);
        if (!Files.exists(tun)) {
            return TapFailure.missing();
        }
        if (!Files.isReadable(tun) || !Files.isWritable(tun)) {
            return TapFailure.unreadable();
        }
        try {
            return mayAdminister() || ownsPersistentDevice() ? null : TapFailure.unprivileged(kind);
        } catch (final IOException e) {
            // Without /proc nothing is known beforehand; opening will tell.
            return null;
        }
    }

    @Override
    public List<PortOption> options() {
        return List.of(NamespaceOption.NAMESPACE);
    }

    @Override
    public void check(final String argument) throws IOException {
        TapArgument.parse(kind, argument);
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        return TapDevice.atHost(kind, request.argument(), (name, here) -> TapExamination.of(kind, name));
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return TapDevice.open(kind, request);
    }

    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        return TapDevice.atHost(kind, argument, task);
    }

    private static boolean mayAdminister() throws IOException {
        return (Long.parseUnsignedLong(status("CapEff:"), 16) >>> CAP_NET_ADMIN & 1) != 0;
    }

    private static boolean ownsPersistentDevice() throws IOException {
        final String user = status("Uid:").split("\\s+")[1];
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(Path.of("/sys/class/net"))) {
            for (final Path entry : interfaces) {
                final Path owner = entry.resolve("owner");
                if (Files.isReadable(owner) && Files.readString(owner).strip().equals(user)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The value of a line of this process's status. */
    private static String status(final String label) throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(label)) {
                return line.substring(label.length()).strip();
            }
        }
        throw new IOException("/proc/self/status has no line " + label);
    }
}
