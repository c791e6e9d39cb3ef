package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannelConfig;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link MillraceSocketChannel}: Netty's own for a TCP channel and those of {@link MillraceChannelOption}.
 * What is not set comes from the stack's settings, or the listener's for an accepted connection; {@code TCP_NODELAY}
 * is on unless set, as in Netty's other transports.
 * <p>
 * Thread: any; a change reaches an open connection on its event loop, at once where called from there.
 */
public final class MillraceSocketChannelConfig extends OverlaidConfig<MillraceSocketChannelConfig>
        implements
            SocketChannelConfig {
    private static final OptionTable<MillraceSocketChannelConfig> OPTIONS = options();

    private final MillraceSocketChannel channel;
    private volatile boolean allowHalfClosure;
    private volatile boolean cork;
    /** As it was set last; null before. */
    @Nullable
    private volatile Boolean quickAck;
    private volatile int soLinger = -1;

    /** @param opened the settings an accepted connection was opened with; null for a channel that will connect. */
    MillraceSocketChannelConfig(final MillraceSocketChannel channel, @Nullable final TcpSettings opened) {
        super(channel, new AdaptiveRecvByteBufAllocator(),
                opened == null ? new SettingsOverlay() : new SettingsOverlay(opened));
        this.channel = channel;
    }

    private static OptionTable<MillraceSocketChannelConfig> options() {
        return OverlaidConfig.<MillraceSocketChannelConfig>sharedOptions()
                .with(ChannelOption.SO_RCVBUF, c -> c.getReceiveBufferSize(), (c, v) -> c.setReceiveBufferSize(v))
                .with(ChannelOption.SO_SNDBUF, c -> c.getSendBufferSize(), (c, v) -> c.setSendBufferSize(v))
                .with(ChannelOption.TCP_NODELAY, c -> c.isTcpNoDelay(), (c, v) -> c.setTcpNoDelay(v))
                .with(ChannelOption.SO_KEEPALIVE, c -> c.isKeepAlive(), (c, v) -> c.setKeepAlive(v))
                .with(ChannelOption.SO_LINGER, c -> c.getSoLinger(), (c, v) -> c.setSoLinger(v))
                .with(ChannelOption.TCP_FASTOPEN_CONNECT, c -> c.isTcpFastOpenConnect(),
                        (c, v) -> c.setTcpFastOpenConnect(v))
                .with(ChannelOption.ALLOW_HALF_CLOSURE, c -> c.isAllowHalfClosure(),
                        (c, v) -> c.setAllowHalfClosure(v))
                .with(MillraceChannelOption.TCP_CORK, c -> c.isTcpCork(), (c, v) -> c.setTcpCork(v))
                .with(MillraceChannelOption.TCP_QUICKACK, c -> c.isTcpQuickAck(), (c, v) -> c.setTcpQuickAck(v));
    }

    @Override
    OptionTable<MillraceSocketChannelConfig> table() {
        return OPTIONS;
    }

    @Override
    SettingsOverlay changeable(final ChannelOption<?> option) {
        if (channel.isConnectionOpen()) {
            throw new IllegalStateException(
                    MillraceChannelOption.label(option) + " can only be set before the connection is opened: before "
                            + "connect, or on the server channel before bind");
        }
        return overlay;
    }

    @Override
    void change(final ChannelOption<?> option, final Consumer<SettingsOverlay> change) {
        change.accept(overlay);
        channel.onConnection((tcp, connection) -> tcp.settings(connection, overlay.settings()));
    }

    /** Tells an accepted connection what was set since its listener opened it. Thread: the event loop's. */
    void apply(final TcpCalls tcp, final long connection, final TcpSettings opened) {
        final TcpSettings wanted = overlay.settings();
        if (wanted != opened) {
            tcp.settings(connection, wanted);
        }
        applyToOpen(tcp, connection);
    }

    /** What is none of the settings a connection is opened with. Thread: the event loop's. */
    void applyToOpen(final TcpCalls tcp, final long connection) {
        if (cork) {
            tcp.cork(connection, true);
        }
        final Boolean quick = quickAck;
        if (quick != null) {
            tcp.quickAck(connection, quick);
        }
    }

    @Override
    public boolean isTcpNoDelay() {
        return overlay.settings().noDelay();
    }

    @Override
    public MillraceSocketChannelConfig setTcpNoDelay(final boolean tcpNoDelay) {
        overlay.noDelay(tcpNoDelay);
        channel.onConnection((tcp, connection) -> tcp.noDelay(connection, tcpNoDelay));
        return this;
    }

    @Override
    public int getSoLinger() {
        return soLinger;
    }

    /**
     * What {@code close} does. Negative (the default): the connection is finished in the background, and the close future
     * does not wait for it. 0: it is reset, and unsent bytes are lost. Positive: the close future waits until the peer has
     * acknowledged everything, the FIN included, but only so many seconds; after that the connection is finished in the
     * background, as in Linux. The event loop does not wait.
     */
    @Override
    public MillraceSocketChannelConfig setSoLinger(final int seconds) {
        this.soLinger = seconds;
        return this;
    }

    @Override
    public int getSendBufferSize() {
        return overlay.settings().sendBuffer();
    }

    /** Send ring in bytes, tuned no more; brought into 4,096 to 1 GiB. */
    @Override
    public MillraceSocketChannelConfig setSendBufferSize(final int sendBufferSize) {
        overlay.sendBuffer(sendBufferSize);
        final int bytes = overlay.settings().sendBuffer();
        channel.onConnection((tcp, connection) -> tcp.sendBuffer(connection, bytes));
        return this;
    }

    @Override
    public int getReceiveBufferSize() {
        return overlay.settings().receiveBuffer();
    }

    /** Receive window in bytes, tuned no more; brought into 2,304 to 1 GiB. */
    @Override
    public MillraceSocketChannelConfig setReceiveBufferSize(final int receiveBufferSize) {
        overlay.receiveBuffer(receiveBufferSize);
        final int bytes = overlay.settings().receiveBuffer();
        channel.onConnection((tcp, connection) -> tcp.receiveBuffer(connection, bytes));
        return this;
    }

    @Override
    public boolean isKeepAlive() {
        return overlay.settings().keepAlive();
    }

    @Override
    public MillraceSocketChannelConfig setKeepAlive(final boolean keepAlive) {
        overlay.keepAlive(keepAlive);
        channel.onConnection((tcp, connection) -> tcp.keepAlive(connection, keepAlive));
        return this;
    }

    @Override
    public int getTrafficClass() {
        return overlay.settings().trafficClass();
    }

    /**
     * The DS field of every packet from now on (RFC 2474 §3), as Linux: the lower two bits are ECN's, and ignored.
     *
     * @throws IllegalArgumentException where it is not 0 to 255.
     */
    @Override
    public MillraceSocketChannelConfig setTrafficClass(final int trafficClass) {
        change(ChannelOption.IP_TOS, settings -> settings.trafficClass(trafficClass));
        return this;
    }

    /** True where {@code connect} uses Fast Open (RFC 7413). */
    public boolean isTcpFastOpenConnect() {
        return overlay.settings().fastOpen();
    }

    /**
     * Whether {@code connect} uses Fast Open (RFC 7413), as in Netty's epoll transport: what was written before it, and not
     * flushed, goes with the SYN where the server's cookie is known, and after the handshake elsewhere.
     *
     * @throws IllegalStateException after {@code connect}.
     */
    public MillraceSocketChannelConfig setTcpFastOpenConnect(final boolean fastOpenConnect) {
        changeable(ChannelOption.TCP_FASTOPEN_CONNECT).fastOpenConnect(fastOpenConnect);
        return this;
    }

    /** See {@link MillraceChannelOption#TCP_CORK}. */
    public boolean isTcpCork() {
        return cork;
    }

    /** See {@link MillraceChannelOption#TCP_CORK}. */
    public MillraceSocketChannelConfig setTcpCork(final boolean tcpCork) {
        this.cork = tcpCork;
        channel.onConnection((tcp, connection) -> tcp.cork(connection, tcpCork));
        return this;
    }

    /** See {@link MillraceChannelOption#TCP_QUICKACK}; true before it is set where the policy is quick. */
    public boolean isTcpQuickAck() {
        final Boolean quick = quickAck;
        return quick == null ? overlay.settings().ackPolicy() == AckPolicy.QUICK : quick;
    }

    /** See {@link MillraceChannelOption#TCP_QUICKACK}. */
    public MillraceSocketChannelConfig setTcpQuickAck(final boolean tcpQuickAck) {
        this.quickAck = tcpQuickAck;
        channel.onConnection((tcp, connection) -> tcp.quickAck(connection, tcpQuickAck));
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public MillraceSocketChannelConfig setAllowHalfClosure(final boolean allowHalfClosure) {
        this.allowHalfClosure = allowHalfClosure;
        return this;
    }

    @Override
    protected void autoReadCleared() {
        channel.onAutoReadCleared();
    }
}
