package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.nio.charset.StandardCharsets;

/** {@code struct ethtool_drvinfo} of {@code linux/ethtool.h}, ready to be asked for. Thread: one. */
public final class DriverInfo implements AutoCloseable {
    /** {@code sizeof(struct ethtool_drvinfo)}. */
    public static final int LENGTH = 196;
    public static final int DRIVER_OFFSET = 4;
    public static final int BUS_OFFSET = 100;

    static final int ETHTOOL_GDRVINFO = 3;
    static final int NAME_LENGTH = 32;

    private final MemoryRegion region = MemoryRegion.allocate("driver information", LENGTH);

    /** With the number of the request. */
    public DriverInfo() {
        Memory.putInt(region.address(), ETHTOOL_GDRVINFO);
    }

    /** Address of the structure. */
    public long address() {
        return region.address();
    }

    String driver() {
        return text(DRIVER_OFFSET);
    }

    String bus() {
        return text(BUS_OFFSET);
    }

    private String text(final int offset) {
        final byte[] bytes = new byte[NAME_LENGTH];
        Memory.copyToArray(region.address() + offset, bytes, 0, NAME_LENGTH);
        int length = 0;
        while (length < NAME_LENGTH && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        region.close();
    }
}
