package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link MillraceServerSocketChannel}: Netty's own, and those of {@link MillraceChannelOption} that a
 * connection must be opened with, which every accepted connection inherits. All take effect when the channel is bound;
 * those of the connections are refused afterwards. Thread: any.
 */
public final class MillraceServerSocketChannelConfig extends DefaultChannelConfig
        implements
            ServerSocketChannelConfig {
    private static final OptionTable<MillraceServerSocketChannelConfig> OPTIONS = options();

    private final MillraceServerSocketChannel channel;
    private final SettingsOverlay overlay = new SettingsOverlay();
    private volatile int backlog;
    private volatile boolean reuseAddress;

    MillraceServerSocketChannelConfig(final MillraceServerSocketChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator());
        this.channel = channel;
    }

    private static OptionTable<MillraceServerSocketChannelConfig> options() {
        return new OptionTable<MillraceServerSocketChannelConfig>()
                .with(ChannelOption.SO_BACKLOG, c -> c.getBacklog(), (c, v) -> c.setBacklog(v))
                .with(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), (c, v) -> c.setReuseAddress(v))
                .with(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
                .with(ChannelOption.SO_SNDBUF, c -> c.overlay.settings().sendBuffer(),
                        (c, v) -> c.beforeBind(ChannelOption.SO_SNDBUF).sendBuffer(v))
                .with(MillraceChannelOption.TCP_MSS, c -> c.overlay.settings().mss(),
                        (c, v) -> c.beforeBind(MillraceChannelOption.TCP_MSS).mss(v))
                .with(MillraceChannelOption.TCP_KEEPIDLE, c -> c.overlay.keepAliveIdle(),
                        (c, v) -> c.beforeBind(MillraceChannelOption.TCP_KEEPIDLE).keepAliveIdle(v))
                .with(MillraceChannelOption.TCP_KEEPINTVL, c -> c.overlay.keepAliveInterval(),
                        (c, v) -> c.beforeBind(MillraceChannelOption.TCP_KEEPINTVL).keepAliveInterval(v))
                .with(MillraceChannelOption.TCP_KEEPCNT, c -> c.overlay.settings().keepAliveProbes(),
                        (c, v) -> c.beforeBind(MillraceChannelOption.TCP_KEEPCNT).keepAliveProbes(v))
                .with(MillraceChannelOption.CONGESTION_CONTROL, c -> c.overlay.settings().congestionControl(),
                        (c, v) -> c.beforeBind(MillraceChannelOption.CONGESTION_CONTROL).congestionControl(v));
    }

    private SettingsOverlay beforeBind(final ChannelOption<?> option) {
        if (channel.isActive()) {
            throw new IllegalStateException(
                    MillraceChannelOption.label(option) + " can only be set before the server channel is bound");
        }
        return overlay;
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

    /** The settings that accepted connections are opened with. */
    TcpSettings settings() {
        return overlay.settings();
    }

    /** The channel learned its stack. */
    void base(final TcpSettings stack) {
        overlay.base(stack);
    }

    /** Connections that may wait to be accepted; 0: as the stack is configured. */
    @Override
    public int getBacklog() {
        return backlog;
    }

    /** @param backlog 0 or more; 0: as the stack is configured, which also bounds it. */
    @Override
    public MillraceServerSocketChannelConfig setBacklog(final int backlog) {
        if (backlog < 0) {
            throw new IllegalArgumentException("SO_BACKLOG is " + backlog + ", must be at least 0");
        }
        this.backlog = backlog;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return reuseAddress;
    }

    @Override
    public MillraceServerSocketChannelConfig setReuseAddress(final boolean reuseAddress) {
        this.reuseAddress = reuseAddress;
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return overlay.settings().receiveBuffer();
    }

    /** Largest receive window of accepted connections in bytes; brought into 2,304 to 1 GiB. */
    @Override
    public MillraceServerSocketChannelConfig setReceiveBufferSize(final int receiveBufferSize) {
        beforeBind(ChannelOption.SO_RCVBUF).receiveBuffer(receiveBufferSize);
        return this;
    }

    /** Has no meaning here; does nothing. */
    @Override
    public MillraceServerSocketChannelConfig setPerformancePreferences(final int connectionTime, final int latency,
            final int bandwidth) {
        return this;
    }

    @Override
    protected void autoReadCleared() {
        channel.onAutoReadCleared();
    }

    @Override
    public MillraceServerSocketChannelConfig setConnectTimeoutMillis(final int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public MillraceServerSocketChannelConfig setMaxMessagesPerRead(final int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setWriteSpinCount(final int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setAllocator(final ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setRecvByteBufAllocator(final RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setAutoRead(final boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setAutoClose(final boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setMessageSizeEstimator(final MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setWriteBufferHighWaterMark(final int high) {
        super.setWriteBufferHighWaterMark(high);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setWriteBufferLowWaterMark(final int low) {
        super.setWriteBufferLowWaterMark(low);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setWriteBufferWaterMark(final WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public MillraceServerSocketChannelConfig setMaxMessagesPerWrite(final int maxMessagesPerWrite) {
        super.setMaxMessagesPerWrite(maxMessagesPerWrite);
        return this;
    }
}
