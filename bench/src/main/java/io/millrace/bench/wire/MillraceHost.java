package io.millrace.bench.wire;

import io.millrace.Millrace;
import io.millrace.MillraceBuilder;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A Millrace stack of this process with one event loop. Thread: one. */
final class MillraceHost implements Host {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final int LINK_QUEUE = 4_096;
    private static final long SHUTDOWN_MS = 3_000;

    private final Millrace stack;
    private final MillraceEventLoopGroup group;
    private final PacketDevice wireEnd;
    private final int address;
    private final String congestionControl;

    private MillraceHost(final Millrace stack, final PacketDevice wireEnd, final int address,
            final String congestionControl) {
        this.stack = stack;
        this.wireEnd = wireEnd;
        this.address = address;
        this.congestionControl = congestionControl;
        group = new MillraceEventLoopGroup(stack);
    }

    /**
     * A stack behind the memory link.
     *
     * @param side    0 or 1, which gives it its link-layer address.
     * @param peer    the other end of the wire, and its link-layer address.
     */
    static MillraceHost behindMemoryLink(final int side, final int address, final int peer, final long peerMac,
            final WireSettings settings) throws IOException {
        final MemoryLink link = MemoryLink.builder().mtu(settings.mtu()).framesPerSide(KernelPort.FRAMES)
                .queueLength(LINK_QUEUE).build();
        try {
            return on(link.side(side), link.side(1 - side), address, peer, peerMac, settings);
        } catch (final IOException | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /**
     * A stack on a device of its own.
     *
     * @param wireEnd what {@link #port} shall return; closed with the host.
     */
    static MillraceHost on(final PacketDevice device, final PacketDevice wireEnd, final int address, final int peer,
            final long peerMac, final WireSettings settings) throws IOException {
        final MillraceConfig config = MillraceConfig.builder().text("""
                millrace.ip.addresses = ["%s"]
                millrace.tcp { congestion-control = %s, receive-buffer = %d, send-buffer = %d }
                millrace.threading.idle = %s
                """.formatted(Addresses.cidr(address), settings.millraceCongestion(), settings.bufferBytes(),
                settings.bufferBytes(), settings.idle().name().toLowerCase(Locale.ROOT))).systemProperties().build();
        final MillraceBuilder builder = Millrace.builder(config).device(device)
                .permanentNeighbour(InetAddress.getByName(Addresses.text(peer)), peerMac);
        return new MillraceHost(builder.launch(), wireEnd, address, settings.millraceCongestion());
    }

    /** The link-layer address of a stack on that side of a memory link. */
    static long macOfSide(final int side) {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(1).build()) {
            return link.side(side).queue(0).capabilities().macAddress();
        }
    }

    @Override
    public PacketPort port() {
        return wireEnd.queue(0);
    }

    @Override
    public int address() {
        return address;
    }

    @Override
    public String congestionControl() {
        return congestionControl;
    }

    @Override
    public void receive(final int port, final Meter meter) throws IOException {
        await(new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childHandler(new CountingHandler(meter)).bind(port), "listen");
    }

    @Override
    public Flow connect(final int peer, final int port) throws IOException {
        final SendingHandler handler = new SendingHandler();
        await(new Bootstrap().group(group).channel(MillraceSocketChannel.class).option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK).handler(handler)
                .connect(Addresses.text(peer), port), "connect");
        return new MillraceFlow(stack, handler);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        stack.close();
        wireEnd.close();
    }

    private static void await(final ChannelFuture future, final String what) throws IOException {
        if (!future.awaitUninterruptibly().isSuccess()) {
            throw new IOException("Millrace cannot " + what + ": " + future.cause().getMessage(), future.cause());
        }
    }
}
