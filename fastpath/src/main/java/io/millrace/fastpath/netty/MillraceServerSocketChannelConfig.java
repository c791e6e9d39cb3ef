package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.wire.IpPrefix;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.util.List;
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
    private volatile boolean reusePort;
    private volatile List<IpPrefix> sources = List.of();

    MillraceServerSocketChannelConfig(final MillraceServerSocketChannel channel) {
        super(channel, new ServerChannelRecvByteBufAllocator(), new SettingsOverlay());
        this.channel = channel;
    }

    private static OptionTable<MillraceServerSocketChannelConfig> options() {
        return OverlaidConfig.<MillraceServerSocketChannelConfig>sharedOptions()
                .with(ChannelOption.SO_BACKLOG, c -> c.getBacklog(), (c, v) -> c.setBacklog(v))
                .with(MillraceChannelOption.SO_REUSEPORT, c -> c.reusePort, (c, v) -> c.reusePort(v))
                .with(MillraceChannelOption.ALLOWED_SOURCES, c -> c.sources, (c, v) -> c.sources(v))
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

    private void reusePort(final boolean value) {
        changeable(MillraceChannelOption.SO_REUSEPORT);
        reusePort = value;
    }

    private void sources(final List<IpPrefix> value) {
        changeable(MillraceChannelOption.ALLOWED_SOURCES);
        sources = List.copyOf(value);
    }

    /** How the listener is opened. */
    ListenOptions listenOptions() {
        return new ListenOptions(backlog, isReuseAddress(), reusePort, sources);
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
