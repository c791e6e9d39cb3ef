package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Locale;
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
    public @Nullable String unavailabilityCause() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return "shared memory needs Linux";
        }
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? null
                : "shared memory needs a little-endian machine";
    }

    @Override
    public PacketDevice open(final DeviceRequest request) throws IOException {
        return ShmDevice.open(request);
    }
}
