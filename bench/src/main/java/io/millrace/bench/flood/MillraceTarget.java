package io.millrace.bench.flood;

import io.millrace.Millrace;
import io.millrace.bench.machine.Namespace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Millrace's listener on a TAP in the clients' namespace, served by its Netty transport on one thread. */
final class MillraceTarget implements Target {
    private static final String DEVICE = "floodm";
    private static final String CLIENT = "10.77.2.1";
    private static final String SERVER = "10.77.2.2";
    private static final long SHUTDOWN_MS = 3_000;

    private final Millrace stack;
    private final MillraceEventLoopGroup group;

    private MillraceTarget(final Millrace stack) {
        this.stack = stack;
        group = new MillraceEventLoopGroup(stack);
    }

    /** @param backlog of the accept queue and of the SYN queue. */
    static MillraceTarget open(final Namespace clients, final int backlog) throws IOException {
        final MillraceConfig config = MillraceConfig.builder().text("""
                millrace.port { device = "tap:%s@%s", host-address = "%s/24" }
                millrace.ip { addresses = ["%s/24"], gateway = "%s" }
                millrace.listen { backlog = %d, max-backlog = %d, syn-queue = %d }
                """.formatted(DEVICE, clients.name(), CLIENT, SERVER, CLIENT, backlog, backlog, backlog))
                .systemProperties().build();
        final MillraceTarget target = new MillraceTarget(Millrace.launch(config));
        final ChannelFuture bound = new ServerBootstrap().group(target.group)
                .channel(MillraceServerSocketChannel.class).option(ChannelOption.SO_BACKLOG, backlog)
                .childHandler(new KernelTarget.EchoHandlers()).bind(PORT).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            target.close();
            throw new IOException("Millrace cannot listen: " + bound.cause().getMessage(), bound.cause());
        }
        return target;
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(SERVER, PORT);
    }

    @Override
    public String device() {
        return DEVICE;
    }

    @Override
    public Map<String, Long> counters() {
        return stack.counters();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        stack.close();
    }
}
