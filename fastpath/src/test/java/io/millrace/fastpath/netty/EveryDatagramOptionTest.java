package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every option there is, on a datagram channel: kept and told before it is bound and afterwards, or refused. */
@Timeout(60)
@SuppressWarnings("deprecation")
class EveryDatagramOptionTest {
    /** What applies: a value that is not the default. */
    private static final Map<ChannelOption<?>, Object> OPTIONS = new HashMap<>();

    static {
        OPTIONS.put(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_234);
        OPTIONS.put(ChannelOption.MAX_MESSAGES_PER_READ, 3);
        OPTIONS.put(ChannelOption.WRITE_SPIN_COUNT, 5);
        OPTIONS.put(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false));
        OPTIONS.put(ChannelOption.AUTO_READ, false);
        OPTIONS.put(ChannelOption.AUTO_CLOSE, false);
        OPTIONS.put(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(512));
        OPTIONS.put(ChannelOption.WRITE_BUFFER_HIGH_WATER_MARK, 70_000);
        OPTIONS.put(ChannelOption.WRITE_BUFFER_LOW_WATER_MARK, 30_000);
        OPTIONS.put(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1_000, 2_000));
        OPTIONS.put(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new DefaultMessageSizeEstimator(9));
        OPTIONS.put(ChannelOption.SINGLE_EVENTEXECUTOR_PER_GROUP, false);
        OPTIONS.put(ChannelOption.MAX_MESSAGES_PER_WRITE, 11);
        OPTIONS.put(ChannelOption.SO_BROADCAST, true);
        OPTIONS.put(ChannelOption.SO_RCVBUF, 123_456);
        OPTIONS.put(ChannelOption.SO_SNDBUF, 234_567);
        OPTIONS.put(ChannelOption.SO_REUSEADDR, true);
        OPTIONS.put(ChannelOption.IP_TOS, 0xB8);
        OPTIONS.put(ChannelOption.IP_MULTICAST_ADDR, InetAddress.getLoopbackAddress());
        OPTIONS.put(ChannelOption.IP_MULTICAST_TTL, 7);
        OPTIONS.put(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true);
        OPTIONS.put(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true);
    }

    private static Set<ChannelOption<?>> known() throws IllegalAccessException {
        final Set<ChannelOption<?>> options = new LinkedHashSet<>();
        for (final Class<?> declaring : List.of(ChannelOption.class, MillraceChannelOption.class)) {
            for (final Field field : declaring.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && ChannelOption.class.isAssignableFrom(field.getType())) {
                    options.add((ChannelOption<?>) field.get(null));
                }
            }
        }
        return options;
    }

    @SuppressWarnings("unchecked")
    private static boolean set(final ChannelConfig config, final ChannelOption<?> option, final Object value) {
        return config.setOption((ChannelOption<Object>) option, value);
    }

    private static void shouldKeepOrRefuse(final ChannelConfig config, final ChannelOption<?> option) {
        final Object value = OPTIONS.get(option);
        if (value == null) {
            assertThat(set(config, option, 1)).as("%s is refused", option).isFalse();
            assertThat(config.getOptions()).doesNotContainKey(option);
            return;
        }
        assertThat(config.getOption(option)).as("%s before it is set", option).isNotEqualTo(value);
        assertThat(set(config, option, value)).as("%s is set", option).isTrue();
        assertThat(config.getOption(option)).as("%s", option).isEqualTo(value);
        assertThat(config.getOptions()).as("%s among all", option).containsEntry(option, value);
    }

    @Test
    void shouldKeepOrRefuseEachBeforeTheChannelIsRegistered() throws Exception {
        for (final ChannelOption<?> option : known()) {
            if (option != ChannelOption.IP_MULTICAST_IF) {
                shouldKeepOrRefuse(new MillraceDatagramChannel().config(), option);
            }
        }
    }

    @Test
    void shouldKeepOrRefuseEachOnABoundChannel() throws Exception {
        try (DatagramRig rig = new DatagramRig(1)) {
            for (final ChannelOption<?> option : known()) {
                final ChannelConfig config = rig.onLeft(new DatagramProbe())
                        .option(ChannelOption.ALLOCATOR, rig.allocator).bind("10.0.0.1", 0).sync().channel().config();
                if (option == ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION) {
                    assertThatThrownBy(() -> set(config, option, true)).isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("only be set before");
                } else if (option != ChannelOption.IP_MULTICAST_IF) {
                    shouldKeepOrRefuse(config, option);
                }
            }
        }
    }

    /** The kernel's interface means nothing to a stack, and is told as it was set. */
    @Test
    void shouldKeepTheInterfaceOfTheKernel() throws Exception {
        final MillraceDatagramChannelConfig config = new MillraceDatagramChannel().config();
        final NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        assertThat(config.getInterface()).isNull();
        config.setOption(ChannelOption.IP_MULTICAST_IF, loopback);
        assertThat(config.getNetworkInterface()).isEqualTo(loopback);
        assertThat(loopback.inetAddresses()).contains(config.getInterface());
    }

    @ParameterizedTest
    @CsvSource({"IP_TOS, 256, must be 0 to 255", "IP_TOS, -1, must be 0 to 255", "IP_MULTICAST_TTL, 256, must be 0 to",
            "SO_RCVBUF, 0, must be at least 1", "SO_SNDBUF, -1, must be at least 1"})
    void shouldRefuseValuesOutOfRange(final String name, final int value, final String message) {
        final ChannelConfig config = new MillraceDatagramChannel().config();
        assertThatThrownBy(() -> set(config, ChannelOption.valueOf(name), value))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name).hasMessageContaining(message);
    }

    @Test
    void shouldBringBuffersIntoTheirRange() {
        final MillraceDatagramChannelConfig config = new MillraceDatagramChannel().config();
        assertThat(config.setReceiveBufferSize(1).getReceiveBufferSize()).isEqualTo(2_304);
        assertThat(config.setSendBufferSize(Integer.MAX_VALUE).getSendBufferSize()).isEqualTo(1 << 30);
    }
}
