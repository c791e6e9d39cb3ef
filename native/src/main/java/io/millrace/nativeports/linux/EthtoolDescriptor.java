package io.millrace.nativeports.linux;

/** Numbers of {@code linux/ethtool.h}: how many queues an interface has. */
public final class EthtoolDescriptor {
    public static final int GCHANNELS = 0x3c;

    /** {@code struct ethtool_channels}. */
    public static final int CHANNELS_LENGTH = 36;
    public static final int RX_COUNT_OFFSET = 20;
    public static final int COMBINED_COUNT_OFFSET = 32;

    private EthtoolDescriptor() {}
}
