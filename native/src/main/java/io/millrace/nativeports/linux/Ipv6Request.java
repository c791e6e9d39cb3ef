package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/** {@code struct in6_ifreq} of {@code linux/ipv6.h}: the argument of SIOCSIFADDR on a socket of IPv6. Thread: one. */
public final class Ipv6Request implements AutoCloseable {
    /** {@code sizeof(struct in6_ifreq)}. */
    public static final int LENGTH = 24;
    public static final int PREFIX_LENGTH_OFFSET = 16;
    public static final int INDEX_OFFSET = 20;
    public static final int AF_INET6 = 10;

    private final MemoryRegion region = MemoryRegion.allocate("interface request", LENGTH);

    /** @param index of the interface. */
    public Ipv6Request(final Ipv6Prefix prefix, final int index) {
        Memory.copyFromArray(prefix.address().getAddress(), 0, region.address(), PREFIX_LENGTH_OFFSET);
        Memory.putInt(region.address() + PREFIX_LENGTH_OFFSET, prefix.length());
        Memory.putInt(region.address() + INDEX_OFFSET, index);
    }

    /** Address of the structure, for the ioctl. */
    public long address() {
        return region.address();
    }

    @Override
    public void close() {
        region.close();
    }
}
