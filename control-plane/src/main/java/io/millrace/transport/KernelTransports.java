package io.millrace.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** Netty's transports over the kernel. Each has a class of its own, which is loaded only where Netty's is there. */
final class KernelTransports {
    private KernelTransports() {}

    private static NettyTransport.Groups groups(final IoHandlerFactory factory) {
        return threads -> new MultiThreadIoEventLoopGroup(threads, factory);
    }

    /** By the JDK's selectors. */
    static final class Nio {
        private Nio() {}

        static NettyTransport open() {
            return new NettyTransport(groups(NioIoHandler.newFactory()), NioServerSocketChannel.class,
                    NioSocketChannel.class, NioDatagramChannel.class);
        }
    }

    /** By epoll. */
    static final class OfEpoll {
        static final String CLASS = "io.netty.channel.epoll.Epoll";
        static final String JAR = "netty-transport-native-epoll";

        private OfEpoll() {}

        /** @throws UnsatisfiedLinkError where it does not work here. */
        static NettyTransport open() {
            Epoll.ensureAvailability();
            return new NettyTransport(groups(EpollIoHandler.newFactory()), EpollServerSocketChannel.class,
                    EpollSocketChannel.class, EpollDatagramChannel.class);
        }
    }

    /** By io_uring. */
    static final class OfIoUring {
        static final String CLASS = "io.netty.channel.uring.IoUring";
        static final String JAR = "netty-transport-native-io_uring";

        private OfIoUring() {}

        /** @throws UnsatisfiedLinkError where it does not work here. */
        static NettyTransport open() {
            IoUring.ensureAvailability();
            return new NettyTransport(groups(IoUringIoHandler.newFactory()), IoUringServerSocketChannel.class,
                    IoUringSocketChannel.class, IoUringDatagramChannel.class);
        }
    }
}
