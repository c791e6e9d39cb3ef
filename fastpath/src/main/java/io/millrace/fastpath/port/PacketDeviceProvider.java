package io.millrace.fastpath.port;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes devices of one kind; found by {@link java.util.ServiceLoader}. Thread: any.
 */
public interface PacketDeviceProvider {
    /** What stands before the colon in a port's name, e.g. {@code tap}. */
    String scheme();

    /** One line for {@code --help}, e.g. {@code "tap:NAME  a Linux TAP device, made if missing"}. */
    String usage();

    /** Why no device of this kind can be opened here, one sentence that says what to do; null where it can. */
    @Nullable
    String unavailabilityCause();

    /**
     * Opens a device.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    PacketDevice open(DeviceRequest request) throws IOException;
}
