package io.millrace.fastpath.netty;

import static io.millrace.fastpath.netty.EveryOption.known;
import static io.millrace.fastpath.netty.EveryOption.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every option there is, on a datagram channel: kept and told before it is bound and afterwards, or refused. */
@Timeout(60)
@SuppressWarnings("deprecation")
class EveryDatagramOptionTest {
    /** What applies: a value that is not the default. */
    private static final Map<ChannelOption<?>, Object> OPTIONS = EveryOption.ofEveryChannel();

    static {
        OPTIONS.put(ChannelOption.SO_BROADCAST, true);
        OPTIONS.put(ChannelOption.SO_RCVBUF, 123_456);
        OPTIONS.put(ChannelOption.SO_SNDBUF, 234_567);
        OPTIONS.put(ChannelOption.SO_REUSEADDR, true);
        OPTIONS.put(ChannelOption.IP_TOS, 0xB8);
        OPTIONS.put(MillraceChannelOption.SO_REUSEPORT, true);
        OPTIONS.put(MillraceChannelOption.IP_TTL, 9);
        OPTIONS.put(ChannelOption.IP_MULTICAST_ADDR, InetAddress.getLoopbackAddress());
        OPTIONS.put(ChannelOption.IP_MULTICAST_TTL, 7);
        OPTIONS.put(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true);
        OPTIONS.put(MillraceChannelOption.IP_MTU_DISCOVER, Fragmentation.NOWHERE);
        OPTIONS.put(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true);
    }

    private static void shouldKeepOrRefuse(final ChannelConfig config, final ChannelOption<?> option) {
        final Object value = OPTIONS.get(option);
        if (value == null) {
            EveryOption.shouldKnowNothingOf(config, option, 1);
        } else {
            EveryOption.shouldKeep(config, option, value);
        }
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
