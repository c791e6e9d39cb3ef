package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.PortOption;
import java.util.ArrayList;
import java.util.List;

/** Opens Linux TAP devices: {@code tap:NAME[@NAMESPACE][,receive=ring|queue][,bulk=steered|direct]}. Thread: any. */
public final class TapDeviceProvider extends KernelDeviceProvider {
    public TapDeviceProvider() {
        super(TunKind.TAP,
                "tap:NAME[@NAMESPACE][,receive=ring|queue][,bulk=steered|direct]  a Linux TAP device, made if missing");
    }

    @Override
    public List<PortOption> options() {
        final List<PortOption> options = new ArrayList<>(super.options());
        options.add(TapArgument.RECEIVE);
        options.add(TapArgument.BULK);
        return options;
    }
}
