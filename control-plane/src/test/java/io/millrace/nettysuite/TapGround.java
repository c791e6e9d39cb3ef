package io.millrace.nettysuite;

import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.nativeports.NetworkNamespace;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.InvocationInterceptor.Invocation;

/**
 * A stack on a TAP in a namespace, and the kernel on the other side, with event loops of NIO and of epoll. A socket of
 * the kernel belongs to the namespace of the thread that makes it: so every event loop and every test runs inside.
 */
final class TapGround implements Ground {
    private static final String STACK = "10.78.3.1";
    private static final String STACK_6 = "fd78:3::1";
    private static final String KERNEL = "10.78.3.2";
    private static final String KERNEL_6 = "fd78:3::2";
    private static final String TAP = "suite";
    private static final int MTU = 1_500;
    private static final int FRAMES = 1_024;
    private static final int KERNEL_LOOPS = 2;

    private final NetworkNamespace namespace;
    private final SuiteStack stack;
    private final EventLoopGroup nio = kernelGroup("nio", NioIoHandler.newFactory());
    private final EventLoopGroup epoll = kernelGroup("epoll", EpollIoHandler.newFactory());

    TapGround() throws Exception {
        namespace = new NetworkNamespace();
        final PacketDevice tap = namespace.call(() -> DeviceOpener.discover().open(new DeviceSpec("tap", TAP),
                new DeviceRequest(TAP, MTU, 1, FRAMES, true, true, null)));
        namespace.exec("ip", "address", "add", KERNEL + "/24", "dev", TAP);
        namespace.exec("ip", "address", "add", KERNEL_6 + "/64", "dev", TAP, "nodad");
        namespace.exec("ip", "link", "set", TAP, "up");
        // else the kernel tells of some closed ports and not of others
        namespace.exec("sysctl", "-w", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0");
        stack = new SuiteStack(STACK, STACK_6, tap, inside("tap"));
    }

    private EventLoopGroup kernelGroup(final String name, final IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(KERNEL_LOOPS, inside(name), handlers);
    }

    private ThreadFactory inside(final String name) {
        final ThreadFactory threads = Ground.threads(name);
        return task -> threads.newThread(() -> {
            enter();
            task.run();
        });
    }

    private void enter() {
        try {
            namespace.enterOnThisThread();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Side server(final Pairing pairing, final Family family) {
        return pairing.serves() ? stack.side(family) : kernel(pairing, family);
    }

    @Override
    public Side client(final Pairing pairing, final Family family) {
        return pairing.connects() ? stack.side(family) : kernel(pairing, family);
    }

    private static InetAddress kernelAddress(final Family family) {
        return family.of(InetAddress.ofLiteral(KERNEL), InetAddress.ofLiteral(KERNEL_6));
    }

    private Side kernel(final Pairing pairing, final Family family) {
        return switch (pairing) {
            case NIO_CLIENT, NIO_SERVER -> new Side(nio, NioServerSocketChannel::new, NioSocketChannel::new,
                    () -> new NioDatagramChannel(family.sockets()), kernelAddress(family));
            case EPOLL_CLIENT, EPOLL_SERVER -> new Side(epoll, EpollServerSocketChannel::new, EpollSocketChannel::new,
                    () -> new EpollDatagramChannel(family.sockets()), kernelAddress(family));
            case LINK, LOCAL -> throw new IllegalArgumentException(pairing + " has no kernel");
        };
    }

    @Override
    public List<SuiteStack> stacks() {
        return List.of(stack);
    }

    /** Runs the test on a thread of its own inside; an interrupt, JUnit's way to end a test in time, reaches it. */
    @Override
    public void run(final Invocation<Void> test) throws Throwable {
        final Throwable[] failure = new Throwable[1];
        final Thread thread = Ground.threads("test").newThread(() -> {
            try {
                enter();
                test.proceed();
            } catch (final Throwable e) {
                failure[0] = e;
            }
        });
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    @Override
    public void close() {
        nio.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        epoll.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        stack.close();
        namespace.close();
    }
}
