package io.millrace.bench.flood;

import io.millrace.bench.machine.Namespace;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The kernel's listener in a namespace of its own, with SYN cookies on, served by Netty's NIO transport on one thread. */
final class KernelTarget implements Target {
    private static final String DEVICE = "floodk";
    private static final String INSIDE = "eth0";
    private static final String CLIENT = "10.77.1.1";
    private static final String SERVER = "10.77.1.2";
    private static final String NETSTAT = "TcpExt:";
    private static final long SHUTDOWN_MS = 3_000;

    private final Namespace namespace;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private KernelTarget(final Namespace namespace) {
        this.namespace = namespace;
    }

    /** @param backlog accept queue, which is the bound of Linux's SYN queue too. */
    static KernelTarget open(final Namespace clients, final int backlog) throws IOException {
        final KernelTarget target = new KernelTarget(new Namespace(1 << 20));
        try {
            target.connect(clients);
            target.listen(backlog);
            return target;
        } catch (final IOException | RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private void connect(final Namespace clients) throws IOException {
        clients.exec("ip", "link", "add", DEVICE, "type", "veth", "peer", "name", INSIDE, "netns", namespace.name());
        clients.exec("ip", "address", "add", CLIENT + "/24", "dev", DEVICE);
        clients.exec("ip", "link", "set", DEVICE, "up");
        namespace.exec("ip", "address", "add", SERVER + "/24", "dev", INSIDE);
        namespace.exec("ip", "link", "set", INSIDE, "up");
        namespace.exec("ip", "route", "add", "default", "via", CLIENT);
        namespace.exec("sysctl", "-q", "-w", "net.ipv4.tcp_syncookies=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf." + INSIDE + ".rp_filter=0");
    }

    private void listen(final int backlog) throws IOException {
        namespace.exec("sysctl", "-q", "-w", "net.core.somaxconn=" + backlog,
                "net.ipv4.tcp_max_syn_backlog=" + backlog);
        final ServerSocketChannel socket = HostNamespace.call(namespace.name(),
                () -> ServerSocketChannel.open(StandardProtocolFamily.INET));
        final ChannelFuture bound = new ServerBootstrap().group(group)
                .channelFactory(() -> new NioServerSocketChannel(socket)).option(ChannelOption.SO_BACKLOG, backlog)
                .childOption(ChannelOption.TCP_NODELAY, true).childHandler(new EchoHandlers())
                .bind(SERVER, PORT).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("the kernel cannot listen: " + bound.cause().getMessage(), bound.cause());
        }
    }

    @Override
    public InetSocketAddress address() {
        return new InetSocketAddress(SERVER, PORT);
    }

    @Override
    public String device() {
        return DEVICE;
    }

    /** Of {@code /proc/net/netstat}: a line of names, then one of values. */
    @Override
    public Map<String, Long> counters() {
        try {
            final List<String[]> lines = namespace.exec("cat", "/proc/net/netstat").lines()
                    .filter(line -> line.startsWith(NETSTAT)).map(line -> line.split(" ")).toList();
            final Map<String, Long> counters = new HashMap<>();
            for (int i = 1; i < lines.getFirst().length; i++) {
                counters.put(lines.getFirst()[i], Long.valueOf(lines.getLast()[i]));
            }
            return counters;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        namespace.close();
    }

    /** A new one for each connection. */
    static final class EchoHandlers extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(final Channel channel) {
            channel.pipeline().addLast(new EchoHandler());
        }
    }
}
