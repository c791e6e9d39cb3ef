package io.millrace.nativeports.tap;

/**
 * Opens Linux TUN devices, which carry IP packets without a link layer: {@code tun:NAME}, or {@code tun:NAME@NAMESPACE}.
 * Thread: any.
 */
public final class TunDeviceProvider extends KernelDeviceProvider {
    public TunDeviceProvider() {
        super(TunKind.TUN, "tun:NAME[@NAMESPACE]  a Linux TUN device (IP packets, no Ethernet), made if missing");
    }
}
