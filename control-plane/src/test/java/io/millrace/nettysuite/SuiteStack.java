package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.ControlThreading;
import io.millrace.config.IpKeys;
import io.millrace.config.Ipv6Keys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.interop.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** A stack with its event loops. Its router never answers, so what is sent elsewhere is lost. Thread: any. */
final class SuiteStack implements AutoCloseable {
    private static final String PREFIX = "/24";
    private static final String PREFIX_6 = "/64";
    private static final int ROUTER = 254;
    private static final long ROUTER_MAC = 0x02_00_00_00_00_feL;
    private static final long TIMEOUT_S = 20;

    private final InetAddress version4;
    private final InetAddress version6;
    private final Millrace stack;
    private final MillraceEventLoopGroup group;

    SuiteStack(final String address, final String version6, final PacketDevice device, final ThreadFactory threads)
            throws IOException {
        version4 = InetAddress.ofLiteral(address);
        this.version6 = InetAddress.ofLiteral(version6);
        final String router = address.replaceAll("\\.\\d+$", "." + ROUTER);
        final MillraceConfig config = MillraceConfig.builder()
                .option("suite", IpKeys.ADDRESSES, address + PREFIX + ',' + version6 + PREFIX_6)
                .option("suite", IpKeys.GATEWAY, router)
                .set(Ipv6Keys.DAD_TRANSMITS, 0).set(ThreadingKeys.CONTROL, ControlThreading.SHARED)
                .set(ThreadingKeys.ENGINES, device.queues()).build();
        stack = Millrace.builder(config).device(device)
                .permanentNeighbour(InetAddress.ofLiteral(router), ROUTER_MAC).launch();
        group = new MillraceEventLoopGroup(stack, threads);
    }

    Side side(final Family family) {
        return new Side(group, MillraceServerSocketChannel::new, MillraceSocketChannel::new,
                MillraceDatagramChannel::new, family.of(version4, version6));
    }

    /** Waits until neither a connection nor a byte of one is left; TIME_WAIT apart. */
    void awaitNoConnections() throws Exception {
        Await.until("no connection is left on " + stack, () -> onEngines(StackEngine::connections) == 0);
        assertThat(onEngines(StackEngine::slabInUse)).as("bytes of the slab in use on " + stack).isZero();
    }

    /** Asks every engine on its own thread, and adds up. */
    private long onEngines(final ToLongFunction<StackEngine> question) throws Exception {
        long sum = 0;
        for (int i = 0; i < stack.engineCount(); i++) {
            final StackEngine engine = stack.engine(i);
            sum += group.loopOf(i).submit((Callable<Long>) () -> question.applyAsLong(engine))
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        }
        return sum;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, TIMEOUT_S, TimeUnit.SECONDS).syncUninterruptibly();
        stack.close();
    }
}
