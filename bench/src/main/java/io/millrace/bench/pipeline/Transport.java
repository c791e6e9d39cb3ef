package io.millrace.bench.pipeline;

import io.millrace.Millrace;
import io.millrace.config.ControlThreading;
import io.millrace.config.IdleMode;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.MemoryLink;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A client's and a server's event loop, of one thread each, and what joins them; or one loop for both, of a stack that
 * talks to itself or of epoll: then nobody waits for another thread, and what a message costs is the time it takes.
 */
final class Transport implements AutoCloseable {
    private static final String SERVER = "10.0.0.1";
    private static final String CLIENT = "10.0.0.2";
    private static final int PORT = 9;

    final EventLoopGroup server;
    final EventLoopGroup client;
    final Class<? extends ServerChannel> serverChannel;
    final Class<? extends Channel> clientChannel;
    final Class<? extends Channel> datagramChannel;
    final InetSocketAddress bindTo;
    private final ControlThreading control;
    private final Deque<Runnable> parts = new ArrayDeque<>();

    /**
     * @param name {@code epoll}, {@code millrace} or {@code millrace-offloads}; with {@code -one}: one loop for both; with
     *             {@code -dedicated}: the control planes have threads of their own.
     */
    Transport(final String name) {
        final boolean one = name.contains("-one");
        control = name.contains("-dedicated") ? ControlThreading.DEDICATED : ControlThreading.SHARED;
        if (name.startsWith("epoll")) {
            server = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            client = one ? server : new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            serverChannel = EpollServerSocketChannel.class;
            clientChannel = EpollSocketChannel.class;
            datagramChannel = EpollDatagramChannel.class;
            bindTo = new InetSocketAddress("127.0.0.1", 0);
        } else {
            final MemoryLink link = MemoryLink.builder().offloads(name.contains("offloads")).build();
            parts.push(link::close);
            server = new MillraceEventLoopGroup(launch(SERVER, link, 0));
            client = one ? server : new MillraceEventLoopGroup(launch(CLIENT, link, 1));
            serverChannel = MillraceServerSocketChannel.class;
            clientChannel = MillraceSocketChannel.class;
            datagramChannel = MillraceDatagramChannel.class;
            bindTo = new InetSocketAddress(SERVER, PORT);
        }
        parts.push(() -> shutDown(server));
        if (!one) {
            parts.push(() -> shutDown(client));
        }
    }

    private Millrace launch(final String address, final MemoryLink link, final int side) {
        final MillraceConfig config = MillraceConfig.builder().systemProperties()
                .option("benchmark", IpKeys.ADDRESSES, address + "/24")
                .set(ThreadingKeys.CONTROL, control).set(ThreadingKeys.IDLE, IdleMode.YIELD).build();
        try {
            final Millrace stack = Millrace.builder(config).device(link.side(side)).launch();
            parts.push(stack::close);
            return stack;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void shutDown(final EventLoopGroup group) {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().run();
        }
    }
}
