package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every option that there is, of Netty and of Millrace, and what is asked of a channel about one. */
final class EveryOption {
    private EveryOption() {}

    /** Every constant of the two classes that declare options, some of which have two names. */
    static Set<ChannelOption<?>> known() throws IllegalAccessException {
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

    /** What Netty itself knows of every channel: a value that is not the default. */
    @SuppressWarnings("deprecation")
    static Map<ChannelOption<?>, Object> ofEveryChannel() {
        final Map<ChannelOption<?>, Object> all = new HashMap<>();
        all.put(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_234);
        all.put(ChannelOption.MAX_MESSAGES_PER_READ, 3);
        all.put(ChannelOption.WRITE_SPIN_COUNT, 5);
        all.put(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false));
        all.put(ChannelOption.AUTO_READ, false);
        all.put(ChannelOption.AUTO_CLOSE, false);
        all.put(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(512));
        all.put(ChannelOption.WRITE_BUFFER_HIGH_WATER_MARK, 70_000);
        all.put(ChannelOption.WRITE_BUFFER_LOW_WATER_MARK, 30_000);
        all.put(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1_000, 2_000));
        all.put(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new DefaultMessageSizeEstimator(9));
        all.put(ChannelOption.SINGLE_EVENTEXECUTOR_PER_GROUP, false);
        all.put(ChannelOption.MAX_MESSAGES_PER_WRITE, 11);
        return all;
    }

    @SuppressWarnings("unchecked")
    static boolean set(final ChannelConfig config, final ChannelOption<?> option, final Object value) {
        return config.setOption((ChannelOption<Object>) option, value);
    }

    static void shouldKeep(final ChannelConfig config, final ChannelOption<?> option, final Object value) {
        assertThat(config.getOption(option)).as("%s before it is set", option).isNotEqualTo(value);
        assertThat(set(config, option, value)).as("%s is set", option).isTrue();
        assertThat(config.getOption(option)).as("%s", option).isEqualTo(value);
        assertThat(config.getOptions()).as("%s among all", option).containsEntry(option, value);
    }

    /** @param value of the option's type. */
    static void shouldKnowNothingOf(final ChannelConfig config, final ChannelOption<?> option, final Object value) {
        assertThat(set(config, option, value)).as("%s is refused", option).isFalse();
        assertThat(config.getOption(option)).as("%s", option).isNull();
        assertThat(config.getOptions()).doesNotContainKey(option);
    }
}
