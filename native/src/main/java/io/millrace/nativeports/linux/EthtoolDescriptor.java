package io.millrace.nativeports.linux;

/** Numbers of {@code linux/ethtool.h}: what a driver says of itself. */
public final class EthtoolDescriptor {
    public static final int GDRVINFO = 0x3;
    public static final int GCHANNELS = 0x3c;

    /** {@code struct ethtool_drvinfo}. */
    public static final int DRVINFO_LENGTH = 196;
    public static final int DRIVER_OFFSET = 4;
    public static final int DRIVER_LENGTH = 32;

    /** {@code struct ethtool_channels}. */
    public static final int CHANNELS_LENGTH = 36;
    public static final int RX_COUNT_OFFSET = 20;
    public static final int COMBINED_COUNT_OFFSET = 32;

    private EthtoolDescriptor() {}
}
