package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.DatagramHandler;
import io.millrace.fastpath.udp.SendResult;
import io.millrace.fastpath.wire.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.internal.StringUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP endpoint of a Millrace stack as a Netty channel. It belongs to the engine of the event loop that it was
 * registered with when it was bound; datagrams that reach another engine are handed over.
 * <p>
 * Messages are {@link io.netty.channel.socket.DatagramPacket}s, other {@link AddressedEnvelope}s of a {@link ByteBuf}
 * and an {@link InetSocketAddress}, and, on a connected channel, plain {@link ByteBuf}s; a
 * {@code SegmentedDatagramPacket} is sent as several datagrams. A connected channel learns of
 * ICMP errors as {@link java.net.PortUnreachableException} or {@link java.net.NoRouteToHostException}, from the next
 * write or, while it reads, through its pipeline; it stays open.
 * <p>
 * Thread: as any Netty channel.
 */
public final class MillraceDatagramChannel extends AbstractDatagramChannel {
    private final MillraceDatagramChannelConfig config;
    private final DatagramReader reader;
    private final DatagramWriter writer;

    @Nullable
    private volatile DatagramEndpoint endpoint;

    /** A channel that learns its stack when it is registered. */
    public MillraceDatagramChannel() {
        config = new MillraceDatagramChannelConfig(this);
        final PeerAddresses peers = new PeerAddresses();
        reader = new DatagramReader(this, peers);
        writer = new DatagramWriter(this, peers, ((DatagramUnsafe) unsafe())::flush0);
    }

    @Override
    protected StackUnsafe newUnsafe() {
        return new DatagramUnsafe();
    }

    @Override
    public MillraceDatagramChannelConfig config() {
        return config;
    }

    /** True while bound; with {@code DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION} while registered, too. */
    @Override
    public boolean isActive() {
        return open && (local != null || config.isActiveOnRegistration() && isRegistered());
    }

    /** The endpoint, opened by the first who needs it. */
    DatagramEndpoint endpoint() {
        DatagramEndpoint known = endpoint;
        if (known == null) {
            final MillraceIoHandler handler = requireHandler();
            known = handler.udp().open((DatagramUnsafe) unsafe());
            engine = handler.engine();
            config.applyTo(known);
            endpoint = known;
        }
        return known;
    }

    /** The endpoint, bound to a port of the stack's choice where it was not bound. */
    DatagramEndpoint boundEndpoint() throws SocketException {
        requireStack();
        final DatagramEndpoint known = endpoint();
        if (!known.isBound()) {
            known.ensureBound();
            local = known.localAddress();
        }
        return known;
    }

    /** True where a read would give a datagram or an exception. */
    boolean hasInput() {
        final DatagramEndpoint known = endpoint;
        return open && known != null && place.isTaken() && place.isDriving() && known.isReadable();
    }

    /** Does this to the endpoint where there is one, on the event loop. Thread: any. */
    void onEndpoint(final Consumer<DatagramEndpoint> call) {
        // what is set before takes effect when the endpoint is opened
        if (endpoint != null && open) {
            place.runWhereRegistered(() -> apply(call));
        }
    }

    private void apply(final Consumer<DatagramEndpoint> call) {
        if (open) {
            call.accept(endpoint());
        }
    }

    /** Thread: any. */
    void onAutoReadCleared() {
        place.runWhereRegistered(reader::clearInterest);
    }

    @Override
    void onPlaceTaken(final MillraceIoHandler handler) {
        engines = handler.engines();
    }

    @Override
    protected void doRegister(final ChannelPromise promise) {
        promise.addListener(registered -> {
            if (registered.isSuccess() && endpoint != null) {
                // what came while it was registered nowhere
                eventLoop().execute(() -> ((DatagramUnsafe) unsafe())
                        .onReady(DatagramHandler.READABLE | DatagramHandler.WRITABLE));
            }
        });
        super.doRegister(promise);
    }

    @Override
    protected void doBind(final SocketAddress localAddress) throws Exception {
        final InetSocketAddress address = checked(localAddress);
        requireStack();
        final DatagramEndpoint opened = endpoint();
        opened.bind(IpAddress.hi(address.getAddress()), IpAddress.lo(address.getAddress()), address.getPort(),
                config.isReuseAddress());
        local = opened.localAddress();
    }

    private void doConnect(final InetSocketAddress target) throws Exception {
        requireStack();
        final DatagramEndpoint opened = endpoint();
        final SendResult result = opened.connect(IpAddress.hi(target.getAddress()), IpAddress.lo(target.getAddress()),
                target.getPort());
        if (result != SendResult.SENT) {
            // as Netty's other datagram channels
            doClose();
            throw DatagramExceptions.ofConnect(result);
        }
        local = opened.localAddress();
        remote = target;
    }

    @Override
    protected void doDisconnect() {
        final DatagramEndpoint known = endpoint;
        remote = null;
        if (known != null && place.isDriving()) {
            known.disconnect();
            local = known.localAddress();
        }
    }

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    @Override
    protected Object filterOutboundMessage(final Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        if (message instanceof final AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf
                && (envelope.recipient() == null || envelope.recipient() instanceof InetSocketAddress)) {
            if (envelope.recipient() instanceof final InetSocketAddress address && address.isUnresolved()) {
                throw new UnresolvedAddressException();
            }
            return message;
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(message)
                + " (expected: DatagramPacket, AddressedEnvelope<ByteBuf, InetSocketAddress>, ByteBuf)");
    }

    @Override
    protected void doWrite(final ChannelOutboundBuffer in) {
        writer.write(in, maxMessagesPerWrite());
    }

    @Override
    void onGroup(final GroupCall call, final InetAddress group, @Nullable final InetAddress source) throws Exception {
        if (!open) {
            throw new ClosedChannelException();
        }
        requireStack();
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException(IpAddress.toString(group) + " is no multicast group");
        }
        final DatagramEndpoint opened = endpoint();
        final long hi = IpAddress.hi(group);
        final long lo = IpAddress.lo(group);
        if (source == null) {
            if (call == GroupCall.JOIN) {
                opened.join(hi, lo);
            } else {
                opened.leave(hi, lo);
            }
            return;
        }
        final long sourceHi = IpAddress.hi(source);
        final long sourceLo = IpAddress.lo(source);
        switch (call) {
            case JOIN -> opened.join(hi, lo, sourceHi, sourceLo);
            case LEAVE -> opened.leave(hi, lo, sourceHi, sourceLo);
            default -> opened.block(hi, lo, sourceHi, sourceLo);
        }
    }

    @Override
    protected void doClose() {
        open = false;
        final DatagramEndpoint known = endpoint;
        if (known != null) {
            final MillraceIoHandler handler = place.handler();
            if (handler.inLoop() && handler.engine() == engine && handler.isDriving()) {
                known.close();
            } else {
                // registered with another loop since, or with none, or with one that has ended
                engines.engine(engine).abandon(known);
            }
        }
        doDeregister();
    }

    private MillraceIoHandler requireHandler() {
        final MillraceIoHandler handler = place.handler();
        if (handler == null) {
            throw new IllegalStateException("used before the channel is registered");
        }
        return handler;
    }

    private void requireStack() throws SocketException {
        if (!requireHandler().isDriving()) {
            throw new SocketException("the stack is closed");
        }
    }

    /** The channel towards the pipeline, towards its event loop and towards its endpoint. */
    private final class DatagramUnsafe extends StackUnsafe implements DatagramHandler {
        @Override
        public void connect(final SocketAddress remoteAddress, @Nullable final SocketAddress localAddress,
                final ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            final boolean wasActive = isActive();
            try {
                final InetSocketAddress target = checked(remoteAddress);
                if (remote != null) {
                    throw new AlreadyConnectedException();
                }
                if (localAddress != null) {
                    doBind(localAddress);
                }
                doConnect(target);
            } catch (final Throwable t) {
                promise.tryFailure(annotateConnectException(t, remoteAddress));
                closeIfClosed();
                return;
            }
            promise.trySuccess();
            if (!wasActive && isActive()) {
                pipeline().fireChannelActive();
            }
        }

        @Override
        protected void flush0() {
            // While there is no room the endpoint tells when there is.
            if (!writer.isBlocked()) {
                super.flush0();
            }
        }

        /** The channel's short name, as it stands in Netty's log. */
        @Override
        public String owner() {
            return id().asShortText();
        }

        @Override
        public void onReady(final int events) {
            if (!place.isTaken() || !open) {
                return;
            }
            place.handler().onHandled();
            if ((events & WRITABLE) != 0) {
                writer.onWritable();
                super.flush0();
            }
            if ((events & READABLE) != 0) {
                reader.onReadable();
            }
        }

        @Override
        public void onEngineClosed(final Throwable cause) {
            if (!open) {
                return;
            }
            // No exception: who closes a stack expects its endpoints to close; writes that wait learn why.
            closeBy(cause);
        }
    }
}
