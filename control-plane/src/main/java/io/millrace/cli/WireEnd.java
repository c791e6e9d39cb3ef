package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.config.DeviceSpec;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.lifecycle.PortChoice;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/** What is at one end of a wire: a device, or a stack of this process behind the memory link. Thread: one. */
final class WireEnd implements AutoCloseable {
    /** As many as a direction of a wire holds. */
    private static final int FRAMES = 16_384;
    private static final int LINK_QUEUE = 4_096;
    private static final String MEMORY = "memory";
    private static final Map<String, Integer> SERVICES = Map.of("http", 80, "echo", 7, "discard", 9, "chargen", 19);
    private static final long SHUTDOWN_MS = 3_000;

    private final String name;
    private final PacketDevice device;
    /** Closed after the device: the stack, then its event loop. */
    private final List<AutoCloseable> behind;

    private WireEnd(final String name, final PacketDevice device, final List<AutoCloseable> behind) {
        this.name = name;
        this.device = device;
        this.behind = behind;
    }

    /**
     * Which end is wanted.
     *
     * @param option  that names it, for messages.
     * @param device  what the user has said.
     * @param mtu     bytes of the largest IP packet.
     * @param address for the host's side; null leaves it alone.
     */
    record Request(String option, DeviceSpec device, int mtu, @Nullable String address) {}

    static boolean isStack(final DeviceSpec device) {
        return device.scheme().equals(MEMORY);
    }

    /**
     * Opens the device, or runs the stack.
     *
     * @param choices told what {@code auto} has taken.
     * @throws IOException one sentence: what could not be opened, and why.
     */
    static WireEnd open(final Request request, final Consumer<PortChoice> choices)
            throws IOException, InterruptedException {
        if (isStack(request.device())) {
            return runStack(request);
        }
        final PacketDevice device = DeviceOpener.discover().telling(choices).openForAll(request.device(),
                new DeviceRequest(request.device().argument(), request.mtu(), 1, FRAMES, false, false,
                        request.address()));
        return new WireEnd(device.name(), device, List.of());
    }

    private static WireEnd runStack(final Request request) throws IOException, InterruptedException {
        final MillraceConfig config = MillraceConfig.builder().systemProperties()
                .option(request.option(), IpKeys.ADDRESSES, request.device().argument()).build();
        final MemoryLink link = MemoryLink.builder().mtu(request.mtu()).framesPerSide(FRAMES).queueLength(LINK_QUEUE)
                .build();
        try {
            final Millrace stack = Millrace.builder(config).device(link.side(0)).launch();
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            final WireEnd end = new WireEnd(stack.toString(), link.side(1), List.of(
                    () -> group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).await(), stack, link));
            try {
                serve(group);
                return end;
            } catch (final IOException | InterruptedException | RuntimeException e) {
                end.close();
                throw e;
            }
        } catch (final IOException | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private static void serve(final MillraceEventLoopGroup group) throws IOException, InterruptedException {
        for (final Map.Entry<String, Integer> service : SERVICES.entrySet()) {
            final ChannelFuture bound = new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                    .childHandler(ServeCommand.pipeline(service.getKey())).bind(service.getValue()).await();
            if (!bound.isSuccess()) {
                throw new IOException("cannot listen for " + service.getKey() + ": " + bound.cause().getMessage(),
                        bound.cause());
            }
        }
    }

    PacketPort port() {
        return device.queue(0);
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        device.close();
        CloseHelper.closeAll(behind);
    }
}
