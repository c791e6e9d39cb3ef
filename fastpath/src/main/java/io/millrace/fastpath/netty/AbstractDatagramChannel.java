package io.millrace.fastpath.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a datagram channel is apart from its endpoint: the many forms of joining and leaving a group. A stack has one interface to the network, so a {@link NetworkInterface}, which names one of the
 * kernel's, is taken and not looked at. Thread: any reads, the event loop's changes.
 */
abstract class AbstractDatagramChannel extends AbstractStackChannel implements DatagramChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);

    /** What can be done to the membership of a group. */
    enum GroupCall {
        JOIN,
        LEAVE,
        BLOCK
    }

    AbstractDatagramChannel() {
        super(null);
    }

    /**
     * Does this to the membership. Thread: the event loop's.
     *
     * @param source null: every one.
     */
    abstract void onGroup(GroupCall call, InetAddress group, @Nullable InetAddress source) throws Exception;

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isConnected() {
        return open && remote != null;
    }

    @Override
    public ChannelFuture joinGroup(final InetAddress group) {
        return joinGroup(group, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(final InetAddress group, final ChannelPromise promise) {
        return call(GroupCall.JOIN, group, null, promise);
    }

    @Override
    public ChannelFuture joinGroup(final InetSocketAddress group, @Nullable final NetworkInterface networkInterface) {
        return joinGroup(group, networkInterface, newPromise());
    }

    @Override
    public ChannelFuture joinGroup(final InetSocketAddress group, @Nullable final NetworkInterface networkInterface,
            final ChannelPromise promise) {
        return call(GroupCall.JOIN, group.getAddress(), null, promise);
    }

    @Override
    public ChannelFuture joinGroup(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            @Nullable final InetAddress source) {
        return joinGroup(group, networkInterface, source, newPromise());
    }

    /** Joins for one source, which is filtered here whatever version of IGMP the network speaks; null: for every one. */
    @Override
    public ChannelFuture joinGroup(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            @Nullable final InetAddress source, final ChannelPromise promise) {
        return call(GroupCall.JOIN, group, source, promise);
    }

    @Override
    public ChannelFuture leaveGroup(final InetAddress group) {
        return leaveGroup(group, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(final InetAddress group, final ChannelPromise promise) {
        return call(GroupCall.LEAVE, group, null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(final InetSocketAddress group, @Nullable final NetworkInterface networkInterface) {
        return leaveGroup(group, networkInterface, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(final InetSocketAddress group, @Nullable final NetworkInterface networkInterface,
            final ChannelPromise promise) {
        return call(GroupCall.LEAVE, group.getAddress(), null, promise);
    }

    @Override
    public ChannelFuture leaveGroup(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            @Nullable final InetAddress source) {
        return leaveGroup(group, networkInterface, source, newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            @Nullable final InetAddress source, final ChannelPromise promise) {
        return call(GroupCall.LEAVE, group, source, promise);
    }

    @Override
    public ChannelFuture block(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            final InetAddress source) {
        return block(group, source, newPromise());
    }

    @Override
    public ChannelFuture block(final InetAddress group, @Nullable final NetworkInterface networkInterface,
            final InetAddress source, final ChannelPromise promise) {
        return block(group, source, promise);
    }

    @Override
    public ChannelFuture block(final InetAddress group, final InetAddress source) {
        return block(group, source, newPromise());
    }

    /** Drops what this source sends to a group that was joined for every source; fails where it was not. */
    @Override
    public ChannelFuture block(final InetAddress group, final InetAddress source, final ChannelPromise promise) {
        return call(GroupCall.BLOCK, group, Objects.requireNonNull(source, "source"), promise);
    }

    private ChannelFuture call(final GroupCall call, final InetAddress group, @Nullable final InetAddress source,
            final ChannelPromise promise) {
        place.run(() -> call0(call, group, source, promise));
        return promise;
    }

    private void call0(final GroupCall call, final InetAddress group, @Nullable final InetAddress source,
            final ChannelPromise promise) {
        try {
            onGroup(call, group, source);
            promise.trySuccess();
        } catch (final Throwable t) {
            promise.tryFailure(t);
        }
    }
}
