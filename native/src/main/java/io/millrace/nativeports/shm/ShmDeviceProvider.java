package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import io.millrace.nativeports.linux.LinuxRelease;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins the stacks of two processes by a file that both have in memory: {@code shm:FILE}. Thread: any. */
public final class ShmDeviceProvider implements PacketDeviceProvider {
    static final String SCHEME = "shm";

    public ShmDeviceProvider() {}

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public String usage() {
        return SCHEME + ":" + ShmSpec.FORM + "  shared memory with the stack of another process, both name one file";
    }

    @Override
    public List<PortOption> options() {
        return List.of(ShmSpec.SIDE_OPTION);
    }

    @Override
    public void check(final String argument) throws IOException {
        ShmSpec.parse(argument);
    }

    /** A file has no interface. */
    @Override
    public <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        return task.run("", true);
    }

    @Override
    public @Nullable String unavailabilityCause() {
        if (!LinuxRelease.isLinux()) {
            return "shared memory needs Linux";
        }
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? null
                : "shared memory needs a little-endian machine";
    }

    @Override
    public List<PortFinding> examine(final DeviceRequest request) throws IOException {
        return ShmExamination.of(ShmSpec.parse(request.argument()), request);
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return ShmDevice.open(request);
    }
}
