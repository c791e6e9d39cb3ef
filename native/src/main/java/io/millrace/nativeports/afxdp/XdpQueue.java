package io.millrace.nativeports.afxdp;

import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.XdpDescriptor;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A socket on a queue of an interface, its memory and its four rings. Each queue has memory of its own: engines share
 * nothing, and frames of a shared one would need a lock.
 * <p>
 * Set up and closed by the control plane, used by the engine's thread.
 */
final class XdpQueue implements AutoCloseable {
    private static final int ADDRESS = Long.BYTES;

    private final XdpSocket socket;
    private final Umem umem;
    private @Nullable OutgoingRing fill;
    private @Nullable IncomingRing completion;
    private @Nullable IncomingRing receive;
    private @Nullable OutgoingRing send;
    private boolean completesChecksums;
    private boolean zeroCopy;

    private XdpQueue(final XdpSocket socket, final Umem umem) {
        this.socket = socket;
        this.umem = umem;
    }

    /**
     * Opens one in the network namespace of this thread.
     *
     * @param frames    for sending.
     * @param mtu       of the stack.
     * @param checksums true: ask for their completion.
     */
    static XdpQueue open(final AfXdpInterface on, final AfXdpSpec spec, final int queue, final int frames,
            final int mtu, final boolean checksums) throws IOException {
        final XdpSocket socket = new XdpSocket(on.device());
        XdpQueue opened = null;
        boolean done = false;
        try {
            opened = new XdpQueue(socket, new Umem(on.device() + ", queue " + queue, frames, mtu));
            opened.share(checksums);
            opened.bind(on, spec, queue, mtu);
            if (spec.busyPollUs() > 0) {
                socket.busyPoll(spec.busyPollUs());
            }
            done = true;
            return opened;
        } finally {
            if (!done) {
                CloseHelper.close(opened == null ? socket : opened);
            }
        }
    }

    private void share(final boolean checksums) throws IOException {
        // metadata would take room in front of every piece, which lie close together in a frame
        completesChecksums = checksums && umem.chunksPerSendingFrame() == 1 && socket.register(umem, true);
        if (!completesChecksums) {
            socket.register(umem, false);
        }
        final int sends = Integer.highestOneBit(umem.sendingFrames() * umem.chunksPerSendingFrame() - 1) << 1;
        fill = socket.outgoing(XdpDescriptor.UMEM_FILL_RING, XdpDescriptor.FILL_OFFSET,
                XdpDescriptor.UMEM_PGOFF_FILL_RING, umem.receivingFrames(), ADDRESS);
        completion = socket.incoming(XdpDescriptor.UMEM_COMPLETION_RING, XdpDescriptor.COMPLETION_OFFSET,
                XdpDescriptor.UMEM_PGOFF_COMPLETION_RING, sends, ADDRESS);
        receive = socket.incoming(XdpDescriptor.RX_RING, XdpDescriptor.RX_OFFSET, XdpDescriptor.PGOFF_RX_RING,
                umem.receivingFrames(), XdpDescriptor.DESCRIPTOR_LENGTH);
        send = socket.outgoing(XdpDescriptor.TX_RING, XdpDescriptor.TX_OFFSET, XdpDescriptor.PGOFF_TX_RING, sends,
                XdpDescriptor.DESCRIPTOR_LENGTH);
        socket.budget(sends);
    }

    /** Packets of several pieces are asked for where they may come; where there is no need of them, done without. */
    private void bind(final AfXdpInterface on, final AfXdpSpec spec, final int queue, final int mtu)
            throws IOException {
        final int copy = switch (spec.copy()) {
            case AUTO -> 0;
            case ZERO_COPY -> XdpDescriptor.ZEROCOPY;
            case COPY -> XdpDescriptor.COPY;
        };
        final int flags = XdpDescriptor.USE_NEED_WAKEUP | copy;
        final boolean needed = mtu > Umem.largestMtu();
        int result = -Errno.EINVAL;
        if (needed || on.sendsPieces()) {
            result = socket.bind(on.index(), queue, flags | XdpDescriptor.USE_SG);
        }
        if (!needed && (result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP)) {
            result = socket.bind(on.index(), queue, flags);
        }
        if (result < 0) {
            throw new IOException(AfXdpFailure.onBind(on.device(), queue, -result, spec.copy()));
        }
        zeroCopy = socket.isZeroCopy();
    }

    XdpSocket socket() {
        return socket;
    }

    Umem umem() {
        return umem;
    }

    OutgoingRing fill() {
        return there(fill);
    }

    IncomingRing completion() {
        return there(completion);
    }

    IncomingRing receive() {
        return there(receive);
    }

    OutgoingRing send() {
        return there(send);
    }

    private static <T> T there(final @Nullable T ring) {
        assert ring != null : "no ring";
        return ring;
    }

    /** True where checksums may be left to the kernel. A driver that uses the memory itself may ignore the request. */
    boolean completesChecksums() {
        return completesChecksums && !zeroCopy;
    }

    boolean isZeroCopy() {
        return zeroCopy;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(socket, fill, completion, receive, send);
        umem.close();
    }
}
