package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;

/** Asks the kernel, by rtnetlink(7), for all there is of a kind in the network namespace of this thread. Thread: one. */
final class NetlinkDump {
    /** More than the kernel puts into one answer. */
    private static final int BUFFER = 1 << 16;

    private final LinuxCalls calls = new LinuxCalls();
    private final String what;

    /** @param what is asked for, for messages. */
    NetlinkDump(final String what) {
        this.what = what;
    }

    /** Takes one message. */
    @FunctionalInterface
    interface Visitor {
        /**
         * @param address where the structure of the message's kind lies, with its attributes behind.
         * @param length  bytes of both.
         */
        void visit(long address, int length);
    }

    /**
     * Runs through the messages of an answer.
     *
     * @param request what is asked, e.g. {@link Netlink#RTM_GETADDR}.
     * @param length  bytes of the structure that a question of this kind has, all zero: everything is asked for.
     * @param answer  kind of the messages that are meant.
     */
    void run(final int request, final int length, final int answer, final Visitor visitor) throws IOException {
        final int fd = check(calls.socket(Netlink.AF_NETLINK, SocketDescriptor.SOCK_RAW | TunDescriptor.O_CLOEXEC,
                Netlink.NETLINK_ROUTE));
        try (MemoryRegion buffer = MemoryRegion.allocate("netlink messages", BUFFER)) {
            final long at = buffer.address();
            final int bytes = Netlink.HEADER_LENGTH + length;
            Memory.putInt(at, bytes);
            Memory.putShort(at + Netlink.TYPE_OFFSET, request);
            Memory.putShort(at + Netlink.FLAGS_OFFSET, Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP);
            check((int) calls.write(fd, at, bytes));
            boolean more = true;
            while (more) {
                more = visit(at, check((int) calls.read(fd, at, BUFFER)), answer, visitor);
            }
        } finally {
            calls.close(fd);
        }
    }

    /** Returns false at the end of the answer. */
    private boolean visit(final long at, final int length, final int answer, final Visitor visitor)
            throws IOException {
        int next = 0;
        while (length - next >= Netlink.HEADER_LENGTH) {
            final long message = at + next;
            final int bytes = Memory.getInt(message);
            if (bytes < Netlink.HEADER_LENGTH || bytes > length - next) {
                break;
            }
            final int type = Memory.getUnsignedShort(message + Netlink.TYPE_OFFSET);
            if (type == Netlink.NLMSG_DONE) {
                return false;
            }
            if (type == Netlink.NLMSG_ERROR) {
                check(bytes < Netlink.HEADER_LENGTH + Integer.BYTES
                        ? -Errno.EIO
                        : Memory.getInt(message + Netlink.HEADER_LENGTH));
                return false;
            }
            if (type == answer) {
                visitor.visit(message + Netlink.HEADER_LENGTH, bytes - Netlink.HEADER_LENGTH);
            }
            next += bytes + Netlink.ALIGNMENT - 1 & -Netlink.ALIGNMENT;
        }
        return length > 0;
    }

    private int check(final int result) throws IOException {
        if (result < 0) {
            throw new IOException("cannot ask the kernel for " + what + ": " + Errno.describe(-result));
        }
        return result;
    }
}
