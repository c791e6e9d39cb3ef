package io.millrace.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * One transport: its event loops and its classes of channels. Only a transport that works here is made. Thread: any.
 *
 * @param server   class of listening channels.
 * @param socket   class of connecting channels.
 * @param datagram class of datagram channels.
 */
record NettyTransport(Groups groups, Class<? extends ServerSocketChannel> server,
        Class<? extends SocketChannel> socket, Class<? extends DatagramChannel> datagram) {
    /** Makes event loop groups. */
    @FunctionalInterface
    interface Groups {
        /** @param threads event loops; 0: Netty's default. */
        EventLoopGroup make(int threads);
    }
}
