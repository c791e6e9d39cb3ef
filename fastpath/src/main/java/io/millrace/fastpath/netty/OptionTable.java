package io.millrace.fastpath.netty;

import io.netty.channel.ChannelOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The options of one kind of channel, each with what reads and what writes it. Built once for a class, immutable
 * afterwards.
 *
 * @param <C> the configuration's type.
 */
final class OptionTable<C> {
    private record Access<C, T>(Function<C, T> reader, BiConsumer<C, T> writer) {}

    private final Map<ChannelOption<?>, Access<C, ?>> entries = new LinkedHashMap<>();

    <T> OptionTable<C> with(final ChannelOption<T> option, final Function<C, T> reader,
            final BiConsumer<C, T> writer) {
        entries.put(option, new Access<>(reader, writer));
        return this;
    }

    ChannelOption<?>[] options() {
        return entries.keySet().toArray(new ChannelOption<?>[0]);
    }

    /** The option's value; null where it is none of the table's. */
    @Nullable
    <T> T read(final C config, final ChannelOption<T> option) {
        final Access<C, T> access = access(option);
        return access == null ? null : access.reader.apply(config);
    }

    /** Sets the option; false where it is none of the table's. */
    <T> boolean write(final C config, final ChannelOption<T> option, final T value) {
        final Access<C, T> access = access(option);
        if (access == null) {
            return false;
        }
        access.writer.accept(config, value);
        return true;
    }

    /** An entry is only ever made with reader and writer of its option's type. */
    @SuppressWarnings("unchecked")
    @Nullable
    private <T> Access<C, T> access(final ChannelOption<T> option) {
        return (Access<C, T>) entries.get(MillraceChannelOption.own(option));
    }
}
