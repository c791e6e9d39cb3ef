package io.millrace.fastpath.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.util.function.Consumer;

/**
 * Options of a {@link MillraceServerSocketChannel}: Netty's own, and those of {@link MillraceChannelOption} that a
 * connection is opened with, which every accepted connection inherits. All take effect when the channel is bound;
 * those of the connections are refused afterwards. Thread: any.
 */
public final class MillraceServerSocketChannelConfig extends OverlaidConfig<MillraceServerSocketChannelConfig>
        implements
            ServerSocketChannelConfig {
    private static final OptionTable<MillraceServerSocketChannelConfig> OPTIONS = options();

    private final MillraceServerSocketChannel channel;
    private volatile int backlog;

    MillraceServerSocketChannelConfig(final MillraceServerSocketChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator(), new SettingsOverlay());
        this.channel = channel;
    }

    private static OptionTable<MillraceServerSocketChannelConfig> options() {
        return OverlaidConfig.<MillraceServerSocketChannelConfig>sharedOptions()
                .with(ChannelOption.SO_BACKLOG, c -> c.getBacklog(), (c, v) -> c.setBacklog(v))
                .with(ChannelOption.TCP_FASTOPEN, c -> c.overlay.fastOpenQueue(),
                        (c, v) -> c.changeable(ChannelOption.TCP_FASTOPEN).fastOpenQueue(v))
                .with(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
                .with(ChannelOption.SO_SNDBUF, c -> c.overlay.settings().sendBuffer(),
                        (c, v) -> c.changeable(ChannelOption.SO_SNDBUF).sendBuffer(v));
    }

    @Override
    OptionTable<MillraceServerSocketChannelConfig> table() {
        return OPTIONS;
    }

    @Override
    SettingsOverlay changeable(final ChannelOption<?> option) {
        if (channel.isActive()) {
            throw new IllegalStateException(
                    MillraceChannelOption.label(option) + " can only be set before the server channel is bound");
        }
        return overlay;
    }

    @Override
    void change(final ChannelOption<?> option, final Consumer<SettingsOverlay> change) {
        change.accept(changeable(option));
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
    public int getReceiveBufferSize() {
        return overlay.settings().receiveBuffer();
    }

    /** Receive window of accepted connections in bytes, not tuned; brought into 2,304 to 1 GiB. */
    @Override
    public MillraceServerSocketChannelConfig setReceiveBufferSize(final int receiveBufferSize) {
        changeable(ChannelOption.SO_RCVBUF).receiveBuffer(receiveBufferSize);
        return this;
    }

    @Override
    protected void autoReadCleared() {
        channel.onAutoReadCleared();
    }
}
