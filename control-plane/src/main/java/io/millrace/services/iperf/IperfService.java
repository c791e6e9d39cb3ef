package io.millrace.services.iperf;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What {@code iperf3 -c} talks to: TCP in either direction or both, any number of streams up to 128, {@code -O},
 * {@code -b}, {@code -l}, {@code -N}, {@code -C}; without UDP, SCTP and authentication. One test at a time, as iperf3
 * itself; others are told that it is busy. Thread: each channel's event loop.
 */
@Sharable
public final class IperfService extends ChannelInitializer<Channel> {
    private final AtomicReference<@Nullable IperfTest> current = new AtomicReference<>();

    @Override
    protected void initChannel(final Channel channel) {
        channel.pipeline().addLast(new CookieHandler(this));
    }

    /** The test that runs; null where none does. */
    @Nullable
    IperfTest current() {
        return current.get();
    }

    /** False where another runs. */
    boolean begin(final IperfTest test) {
        return current.compareAndSet(null, test);
    }

    void end(final IperfTest test) {
        current.compareAndSet(test, null);
    }
}
