package io.millrace.doctor;

import io.millrace.config.DeviceSpec;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PacketDeviceProvider.HostTask;
import java.io.IOException;
import java.util.List;

/** Looks at the host's side of a device, which may live in another network namespace than who looks. Thread: any. */
final class DeviceHost {
    private final List<PacketDeviceProvider> providers;

    DeviceHost(final List<PacketDeviceProvider> providers) {
        this.providers = List.copyOf(providers);
    }

    /** What a task finds there; something else where nobody can look there, e.g. for want of permission. */
    <T> T look(final DeviceSpec device, final HostTask<T> task, final T unknown) {
        try {
            for (final PacketDeviceProvider provider : providers) {
                if (provider.scheme().equals(device.scheme())) {
                    return provider.atHost(device.argument(), task);
                }
            }
            return task.run(device.argument(), true);
        } catch (final IOException e) {
            return unknown;
        }
    }
}
