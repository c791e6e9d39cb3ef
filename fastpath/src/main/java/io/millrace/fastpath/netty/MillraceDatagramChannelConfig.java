package io.millrace.fastpath.netty;

import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannelConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link MillraceDatagramChannel}: those of Netty's own datagram channels. All may be set at any time;
 * {@code SO_REUSEADDR} and {@code SO_REUSEPORT} take effect when the channel is bound. Datagrams are received into buffers
 * of 2,048 bytes unless {@code RECVBUF_ALLOCATOR} says otherwise, and cut to them. Thread: any.
 */
public final class MillraceDatagramChannelConfig extends DefaultChannelConfig implements DatagramChannelConfig {
    /** As Netty's other datagram channels. */
    private static final int RECEIVED_LENGTH = 2_048;
    private static final int MIN_RECEIVE_BUFFER = 2_304;
    private static final int MIN_SEND_BUFFER = 4_608;
    private static final int MAX_BUFFER = 1 << 30;
    private static final int MAX_BYTE = 255;

    private static final OptionTable<MillraceDatagramChannelConfig> OPTIONS = options();

    private final MillraceDatagramChannel channel;
    private volatile boolean reuseAddress;
    private volatile boolean broadcast;
    private volatile boolean loopbackDisabled;
    private volatile boolean activeOnRegistration;
    private volatile int receiveBuffer = DatagramEndpoint.DEFAULT_BUFFER;
    private volatile int sendBuffer = DatagramEndpoint.DEFAULT_BUFFER;
    private volatile int trafficClass;
    private volatile int timeToLive = 1;
    private volatile int unicastTtl;
    private volatile boolean reusePort;
    private volatile Fragmentation fragmentation = Fragmentation.BY_SENDER;
    private volatile @Nullable InetAddress multicastAddress;
    private volatile @Nullable NetworkInterface networkInterface;

    MillraceDatagramChannelConfig(final MillraceDatagramChannel channel) {
        super(channel, new FixedRecvByteBufAllocator(RECEIVED_LENGTH));
        this.channel = channel;
    }

    @SuppressWarnings("deprecation")
    private static OptionTable<MillraceDatagramChannelConfig> options() {
        return new OptionTable<MillraceDatagramChannelConfig>()
                .with(ChannelOption.SO_BROADCAST, c -> c.isBroadcast(), (c, v) -> c.setBroadcast(v))
                .with(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
                .with(ChannelOption.SO_SNDBUF, c -> c.getSendBufferSize(), (c, v) -> c.setSendBufferSize(v))
                .with(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), (c, v) -> c.setReuseAddress(v))
                .with(MillraceChannelOption.SO_REUSEPORT, c -> c.reusePort, (c, v) -> c.reusePort(v))
                .with(MillraceChannelOption.IP_TTL, c -> c.unicastTtl, (c, v) -> c.unicastTtl(v))
                .with(ChannelOption.IP_TOS, c -> c.getTrafficClass(), (c, v) -> c.setTrafficClass(v))
                .with(ChannelOption.IP_MULTICAST_ADDR, c -> c.getInterface(), (c, v) -> c.setInterface(v))
                .with(ChannelOption.IP_MULTICAST_IF, c -> c.getNetworkInterface(), (c, v) -> c.setNetworkInterface(v))
                .with(ChannelOption.IP_MULTICAST_TTL, c -> c.getTimeToLive(), (c, v) -> c.setTimeToLive(v))
                .with(ChannelOption.IP_MULTICAST_LOOP_DISABLED, c -> c.isLoopbackModeDisabled(),
                        (c, v) -> c.setLoopbackModeDisabled(v))
                .with(MillraceChannelOption.IP_MTU_DISCOVER, c -> c.fragmentation, (c, v) -> c.setFragmentation(v))
                .with(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, c -> c.activeOnRegistration,
                        (c, v) -> c.setActiveOnRegistration(v));
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), OPTIONS.options());
    }

    @Override
    public <T> @Nullable T getOption(final ChannelOption<T> option) {
        final T value = OPTIONS.read(this, option);
        return value == null ? super.getOption(option) : value;
    }

    @Override
    public <T> boolean setOption(final ChannelOption<T> option, final T value) {
        validate(option, value);
        return OPTIONS.write(this, option, value) || super.setOption(option, value);
    }

    /** Everything that was set before the endpoint was there. Thread: the event loop's. */
    void applyTo(final DatagramEndpoint endpoint) {
        endpoint.broadcast(broadcast);
        endpoint.receiveBuffer(receiveBuffer);
        endpoint.sendBuffer(sendBuffer);
        endpoint.trafficClass(trafficClass);
        endpoint.sharePort(reusePort);
        endpoint.ttl(unicastTtl);
        endpoint.multicastTtl(timeToLive);
        endpoint.multicastLoop(!loopbackDisabled);
        endpoint.fragmentation(fragmentation);
    }

    boolean isActiveOnRegistration() {
        return activeOnRegistration;
    }

    private void setActiveOnRegistration(final boolean active) {
        if (channel.isRegistered()) {
            throw new IllegalStateException(
                    "DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION can only be set before the channel is registered");
        }
        activeOnRegistration = active;
    }

    private void setFragmentation(final Fragmentation who) {
        fragmentation = who;
        channel.onEndpoint(endpoint -> endpoint.fragmentation(who));
    }

    @Override
    public int getSendBufferSize() {
        return sendBuffer;
    }

    /** Bytes that the channel may send in one turn of its engine, more waiting for the next; brought into 4,608 to 1 GiB. */
    @Override
    public MillraceDatagramChannelConfig setSendBufferSize(final int bytes) {
        final int size = Math.clamp(positive("SO_SNDBUF", bytes), MIN_SEND_BUFFER, MAX_BUFFER);
        sendBuffer = size;
        channel.onEndpoint(endpoint -> endpoint.sendBuffer(size));
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return receiveBuffer;
    }

    /** Bytes of memory for datagrams that wait to be read; brought into 2,304 to 1 GiB. */
    @Override
    public MillraceDatagramChannelConfig setReceiveBufferSize(final int bytes) {
        final int size = Math.clamp(positive("SO_RCVBUF", bytes), MIN_RECEIVE_BUFFER, MAX_BUFFER);
        receiveBuffer = size;
        channel.onEndpoint(endpoint -> endpoint.receiveBuffer(size));
        return this;
    }

    @Override
    public int getTrafficClass() {
        return trafficClass;
    }

    /** 0 to 255; the lower two bits, ECN, are kept and not sent. */
    @Override
    public MillraceDatagramChannelConfig setTrafficClass(final int value) {
        trafficClass = byteValue("IP_TOS", value);
        channel.onEndpoint(endpoint -> endpoint.trafficClass(value));
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public MillraceDatagramChannelConfig setReuseAddress(final boolean reuse) {
        reuseAddress = reuse;
        return this;
    }

    @Override
    public boolean isBroadcast() {
        return broadcast;
    }

    @Override
    public MillraceDatagramChannelConfig setBroadcast(final boolean allowed) {
        broadcast = allowed;
        channel.onEndpoint(endpoint -> endpoint.broadcast(allowed));
        return this;
    }

    @Override
    public boolean isLoopbackModeDisabled() {
        return loopbackDisabled;
    }

    @Override
    public MillraceDatagramChannelConfig setLoopbackModeDisabled(final boolean disabled) {
        loopbackDisabled = disabled;
        channel.onEndpoint(endpoint -> endpoint.multicastLoop(!disabled));
        return this;
    }

    @Override
    public int getTimeToLive() {
        return timeToLive;
    }

    private void unicastTtl(final int hops) {
        unicastTtl = byteValue("IP_TTL", hops);
        channel.onEndpoint(endpoint -> endpoint.ttl(hops));
    }

    private void reusePort(final boolean share) {
        reusePort = share;
    }

    /** Of multicasts, 0 to 255; 0: not beyond this stack. */
    @Override
    public MillraceDatagramChannelConfig setTimeToLive(final int hops) {
        timeToLive = byteValue("IP_MULTICAST_TTL", hops);
        channel.onEndpoint(endpoint -> endpoint.multicastTtl(hops));
        return this;
    }

    /** The address set by {@link #setInterface}, else one of the network interface's; null where neither was set. */
    @Override
    public @Nullable InetAddress getInterface() {
        final NetworkInterface known = networkInterface;
        final InetAddress address = multicastAddress;
        return address != null || known == null
                ? address
                : known.inetAddresses().findFirst().orElse(null);
    }

    /** Kept and told, nothing more: a stack has one interface, and multicasts leave from the address bound. */
    @Override
    public MillraceDatagramChannelConfig setInterface(final InetAddress interfaceAddress) {
        multicastAddress = interfaceAddress;
        return this;
    }

    @Override
    public @Nullable NetworkInterface getNetworkInterface() {
        return networkInterface;
    }

    /** Kept and told, nothing more: it names an interface of the kernel, and a stack has one of its own. */
    @Override
    public MillraceDatagramChannelConfig setNetworkInterface(final NetworkInterface kernelInterface) {
        networkInterface = kernelInterface;
        return this;
    }

    private static int byteValue(final String option, final int value) {
        if (value < 0 || value > MAX_BYTE) {
            throw new IllegalArgumentException(option + " is " + value + ", must be 0 to " + MAX_BYTE);
        }
        return value;
    }

    private static int positive(final String option, final int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(option + " is " + value + ", must be at least 1");
        }
        return value;
    }

    @Override
    protected void autoReadCleared() {
        channel.onAutoReadCleared();
    }

    @Override
    public MillraceDatagramChannelConfig setConnectTimeoutMillis(final int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public MillraceDatagramChannelConfig setMaxMessagesPerRead(final int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setMaxMessagesPerWrite(final int maxMessagesPerWrite) {
        super.setMaxMessagesPerWrite(maxMessagesPerWrite);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setWriteSpinCount(final int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setAllocator(final ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setRecvByteBufAllocator(final RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setAutoRead(final boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setAutoClose(final boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setWriteBufferHighWaterMark(final int high) {
        super.setWriteBufferHighWaterMark(high);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setWriteBufferLowWaterMark(final int low) {
        super.setWriteBufferLowWaterMark(low);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setWriteBufferWaterMark(final WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public MillraceDatagramChannelConfig setMessageSizeEstimator(final MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }
}
