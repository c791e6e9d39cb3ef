package io.millrace.nettysuite;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;

/**
 * One side of a pairing: a transport and where it is reached.
 *
 * @param group     its event loops.
 * @param servers   makes its listening channels.
 * @param clients   makes its connecting channels.
 * @param datagrams makes its channels for datagrams.
 * @param address   its address, the only one by which the other side reaches it.
 */
record Side(EventLoopGroup group, ChannelFactory<? extends ServerChannel> servers,
        ChannelFactory<? extends Channel> clients, ChannelFactory<? extends DatagramChannel> datagrams,
        InetAddress address) {}
