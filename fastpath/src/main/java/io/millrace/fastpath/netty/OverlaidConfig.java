package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the options of a listening and of a connected channel have in common: TCP settings laid over those of the stack,
 * and Netty's own setters, which answer with the channel's own type. Thread: any.
 *
 * @param <C> the configuration's own type.
 */
abstract class OverlaidConfig<C extends OverlaidConfig<C>> extends DefaultChannelConfig {
    final SettingsOverlay overlay;
    private volatile boolean reuseAddress;

    OverlaidConfig(final Channel channel, final RecvByteBufAllocator allocator, final SettingsOverlay overlay) {
        super(channel, allocator);
        this.overlay = overlay;
    }

    /** The options of this kind of channel. */
    abstract OptionTable<C> table();

    /** The settings, where this option may still be set. @throws IllegalStateException where it is too late. */
    abstract SettingsOverlay changeable(ChannelOption<?> option);

    /**
     * Changes what an open connection takes too. @throws IllegalStateException where it is a listener's and too late.
     */
    abstract void change(ChannelOption<?> option, Consumer<SettingsOverlay> change);

    @SuppressWarnings("unchecked")
    private C self() {
        return (C) this;
    }

    /** The options that both kinds of channel have, a listener for its connections. */
    static <C extends OverlaidConfig<C>> OptionTable<C> sharedOptions() {
        final OptionTable<C> table = new OptionTable<C>()
                .with(ChannelOption.SO_REUSEADDR, c -> c.isReuseAddress(), (c, v) -> c.setReuseAddress(v))
                .with(MillraceChannelOption.TCP_MSS, c -> c.overlay.settings().mss(),
                        (c, v) -> c.changeable(MillraceChannelOption.TCP_MSS).mss(v))
                .with(MillraceChannelOption.TCP_WINDOW_SCALING, c -> c.overlay.settings().windowScaling(),
                        (c, v) -> c.changeable(MillraceChannelOption.TCP_WINDOW_SCALING).windowScaling(v))
                .with(MillraceChannelOption.TCP_SACK, c -> c.overlay.settings().sack(),
                        (c, v) -> c.changeable(MillraceChannelOption.TCP_SACK).sack(v))
                .with(MillraceChannelOption.TCP_TIMESTAMPS, c -> c.overlay.settings().timestamps(),
                        (c, v) -> c.changeable(MillraceChannelOption.TCP_TIMESTAMPS).timestamps(v))
                .with(MillraceChannelOption.TCP_ECN, c -> c.overlay.settings().ecn(),
                        (c, v) -> c.changeable(MillraceChannelOption.TCP_ECN).ecn(v));
        changing(table, MillraceChannelOption.TCP_KEEPIDLE, SettingsOverlay::keepAliveIdle,
                SettingsOverlay::keepAliveIdle);
        changing(table, MillraceChannelOption.TCP_KEEPINTVL, SettingsOverlay::keepAliveInterval,
                SettingsOverlay::keepAliveInterval);
        changing(table, MillraceChannelOption.TCP_KEEPCNT, overlay -> overlay.settings().keepAliveProbes(),
                SettingsOverlay::keepAliveProbes);
        changing(table, MillraceChannelOption.TCP_USER_TIMEOUT, SettingsOverlay::userTimeout,
                SettingsOverlay::userTimeout);
        changing(table, MillraceChannelOption.TCP_NOTSENT_LOWAT, overlay -> overlay.settings().notSentLowWater(),
                SettingsOverlay::notSentLowWater);
        changing(table, ChannelOption.IP_TOS, overlay -> overlay.settings().trafficClass(),
                SettingsOverlay::trafficClass);
        changing(table, MillraceChannelOption.CONGESTION_CONTROL, overlay -> overlay.settings().congestionControl(),
                SettingsOverlay::congestionControl);
        changing(table, MillraceChannelOption.MAX_PACING_RATE, overlay -> overlay.settings().maxPacingRate(),
                SettingsOverlay::maxPacingRate);
        changing(table, MillraceChannelOption.ZERO_COPY_SEND, overlay -> overlay.settings().zeroCopySend(),
                SettingsOverlay::zeroCopySend);
        changing(table, MillraceChannelOption.ZERO_COPY_RECEIVE, overlay -> overlay.settings().zeroCopyReceive(),
                SettingsOverlay::zeroCopyReceive);
        changing(table, MillraceChannelOption.ACK_POLICY, overlay -> overlay.settings().ackPolicy(),
                SettingsOverlay::ackPolicy);
        return table;
    }

    /** An option that an open connection takes too. */
    private static <C extends OverlaidConfig<C>, T> void changing(final OptionTable<C> table,
            final ChannelOption<T> option, final Function<SettingsOverlay, T> reader,
            final BiConsumer<SettingsOverlay, T> writer) {
        table.with(option, config -> reader.apply(config.overlay),
                (config, value) -> config.change(option, overlay -> writer.accept(overlay, value)));
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), table().options());
    }

    @Override
    public <T> @Nullable T getOption(final ChannelOption<T> option) {
        final T value = table().read(self(), option);
        return value == null ? super.getOption(option) : value;
    }

    @Override
    public <T> boolean setOption(final ChannelOption<T> option, final T value) {
        validate(option, value);
        return table().write(self(), option, value) || super.setOption(option, value);
    }

    /** The settings that this channel's connections are opened with. */
    TcpSettings settings() {
        return overlay.settings();
    }

    /** The stack has other settings now: those that this channel's connections are opened with. */
    TcpSettings over(final TcpSettings stack) {
        overlay.base(stack);
        return overlay.settings();
    }

    /** The channel learned its stack. */
    void base(final TcpSettings stack) {
        overlay.base(stack);
    }

    public boolean isReuseAddress() {
        return reuseAddress;
    }

    /** Whether a listener may share its address; kept and told, nothing more, where a channel connects. */
    public C setReuseAddress(final boolean value) {
        reuseAddress = value;
        return self();
    }

    /** Has no meaning here; does nothing. */
    public C setPerformancePreferences(final int connectionTime, final int latency, final int bandwidth) {
        return self();
    }

    @Override
    public C setConnectTimeoutMillis(final int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return self();
    }

    @Override
    @Deprecated
    public C setMaxMessagesPerRead(final int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return self();
    }

    @Override
    public C setWriteSpinCount(final int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return self();
    }

    @Override
    public C setAllocator(final ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return self();
    }

    @Override
    public C setRecvByteBufAllocator(final RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return self();
    }

    @Override
    public C setAutoRead(final boolean autoRead) {
        super.setAutoRead(autoRead);
        return self();
    }

    @Override
    public C setAutoClose(final boolean autoClose) {
        super.setAutoClose(autoClose);
        return self();
    }

    @Override
    public C setMessageSizeEstimator(final MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return self();
    }

    @Override
    public C setWriteBufferHighWaterMark(final int high) {
        super.setWriteBufferHighWaterMark(high);
        return self();
    }

    @Override
    public C setWriteBufferLowWaterMark(final int low) {
        super.setWriteBufferLowWaterMark(low);
        return self();
    }

    @Override
    public C setWriteBufferWaterMark(final WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return self();
    }

    @Override
    public C setMaxMessagesPerWrite(final int maxMessagesPerWrite) {
        super.setMaxMessagesPerWrite(maxMessagesPerWrite);
        return self();
    }
}
