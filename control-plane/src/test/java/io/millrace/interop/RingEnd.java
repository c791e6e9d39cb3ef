package io.millrace.interop;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.PacketDevice;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A whole stack with its loops, on a port of DPDK. Thread: the test's. */
final class RingEnd implements AutoCloseable {
    final Millrace stack;
    final String address;
    private final MillraceEventLoopGroup group;

    /**
     * @param device   of the stack, as in its configuration.
     * @param settings further configuration, HOCON.
     */
    RingEnd(final String device, final String address, final int prefixLength, final String settings)
            throws IOException {
        this.address = address;
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.port.device = "%s"
                millrace.ip.addresses = ["%s/%d"]
                millrace.ipv6.dad-transmits = 0
                %s
                """.formatted(device, address, prefixLength, settings));
        final PacketDevice opened = DeviceOpener.discover().open(config.get(PortKeys.DEVICE), config.deviceRequest());
        stack = Millrace.builder(config).device(opened).launch();
        group = new MillraceEventLoopGroup(stack, new DefaultThreadFactory("millrace-loop"));
    }

    void serve(final int port, final Supplier<? extends ChannelHandler> handler) {
        new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true).childHandler(pipelineOf(handler)).bind(port)
                .syncUninterruptibly();
    }

    ChannelFuture connect(final RingEnd other, final int port, final ChannelHandler handler) {
        return new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true).handler(pipelineOf(() -> handler))
                .connect(new InetSocketAddress(other.address, port));
    }

    private static ChannelHandler pipelineOf(final Supplier<? extends ChannelHandler> handler) {
        return new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(final SocketChannel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }

    /** Summed over the engines, each asked on its own thread. */
    long onEngines(final KernelInterop.EngineQuestion question) throws Exception {
        long sum = 0;
        for (int i = 0; i < stack.engineCount(); i++) {
            final StackEngine engine = stack.engine(i);
            sum += group.loopOf(i).submit((Callable<Long>) () -> question.ask(engine)).get(20, TimeUnit.SECONDS);
        }
        return sum;
    }

    long counter(final String name) {
        return stack.counters().get(name);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        stack.close();
    }
}
