package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.nio.charset.StandardCharsets;

/**
 * {@code struct ifreq} of {@code linux/if.h}: an interface's name and one value, the argument of every interface ioctl.
 * Thread: one.
 */
public final class InterfaceRequest implements AutoCloseable {
    /** {@code sizeof(struct ifreq)}. */
    public static final int LENGTH = 40;
    /** Where the value lies; its type depends on the request. */
    public static final int VALUE_OFFSET = 16;
    /** Longest name, without the zero at its end. */
    public static final int MAX_NAME_LENGTH = 15;

    /** Within {@code struct sockaddr_in}, which is the value of the address requests. */
    public static final int SOCKET_ADDRESS_OFFSET = 4;
    public static final int AF_INET = 2;
    /** Within {@code struct sockaddr}, which is the value of SIOCGIFHWADDR. */
    public static final int HARDWARE_ADDRESS_OFFSET = 2;

    public static final long SIOCGIFFLAGS = 0x8913L;
    public static final long SIOCSIFFLAGS = 0x8914L;
    public static final long SIOCSIFADDR = 0x8916L;
    public static final long SIOCSIFNETMASK = 0x891cL;
    public static final long SIOCGIFMTU = 0x8921L;
    public static final long SIOCSIFMTU = 0x8922L;
    public static final long SIOCGIFHWADDR = 0x8927L;
    public static final long SIOCGIFINDEX = 0x8933L;
    public static final long SIOCGIFTXQLEN = 0x8942L;
    public static final long SIOCSIFTXQLEN = 0x8943L;

    public static final long SIOCETHTOOL = 0x8946L;

    public static final int IFF_UP = 0x1;
    public static final int IFF_RUNNING = 0x40;

    private final MemoryRegion region = MemoryRegion.allocate("interface request", LENGTH);

    /** @param name of the interface, 1 to {@link #MAX_NAME_LENGTH} bytes. */
    public InterfaceRequest(final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_NAME_LENGTH) {
            region.close();
            throw new IllegalArgumentException("interface name \"" + name + "\"");
        }
        Memory.copyFromArray(bytes, 0, region.address(), bytes.length);
    }

    /** Address of the structure, for the ioctl. */
    public long address() {
        return region.address();
    }

    /** The value as an {@code int}: MTU, index, queue length. */
    public int intValue() {
        return Memory.getInt(region.address() + VALUE_OFFSET);
    }

    public InterfaceRequest intValue(final int value) {
        Memory.putInt(region.address() + VALUE_OFFSET, value);
        return this;
    }

    /** The value as an address of something larger. */
    public InterfaceRequest pointer(final long address) {
        Memory.putLong(region.address() + VALUE_OFFSET, address);
        return this;
    }

    /** The value as a {@code short}: the interface's flags. */
    public int flags() {
        return Memory.getUnsignedShort(region.address() + VALUE_OFFSET);
    }

    public InterfaceRequest flags(final int flags) {
        Memory.putShort(region.address() + VALUE_OFFSET, flags);
        return this;
    }

    /** The value as an address of the link: its kind, ARPHRD_... . */
    public int hardwareType() {
        return Memory.getUnsignedShort(region.address() + VALUE_OFFSET);
    }

    /** The value as an address of the link: of Ethernet, in the low 48 bits. */
    public long ethernetAddress() {
        return Memory.getLongBE(region.address() + VALUE_OFFSET + HARDWARE_ADDRESS_OFFSET) >>> 16;
    }

    /** The value as an IPv4 address or mask, its first byte in the highest bits. */
    public InterfaceRequest ipv4(final int address) {
        Memory.zero(region.address() + VALUE_OFFSET, LENGTH - VALUE_OFFSET);
        Memory.putShort(region.address() + VALUE_OFFSET, AF_INET);
        Memory.putIntBE(region.address() + VALUE_OFFSET + SOCKET_ADDRESS_OFFSET, address);
        return this;
    }

    @Override
    public void close() {
        region.close();
    }
}
