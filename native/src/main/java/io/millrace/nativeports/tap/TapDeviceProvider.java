package io.millrace.nativeports.tap;

/** Opens Linux TAP devices: {@code tap:NAME}, or {@code tap:NAME@NAMESPACE}. Thread: any. */
public final class TapDeviceProvider extends KernelDeviceProvider {
    public TapDeviceProvider() {
        super(TunKind.TAP, "tap:NAME[@NAMESPACE]  a Linux TAP device, made if missing");
    }
}
