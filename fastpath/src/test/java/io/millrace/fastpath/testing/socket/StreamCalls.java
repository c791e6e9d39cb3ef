package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.testing.socket.Socket.Phase;

/** {@code read} and {@code write}, in the order of checks of Linux. Thread: the driver's. */
final class StreamCalls {
    private final VirtualStack stack;

    StreamCalls(final VirtualStack stack) {
        this.stack = stack;
    }

    /**
     * Bytes first, then the error once, then the end.
     *
     * @return false where the call waits for bytes.
     */
    boolean read(final Call call, final Socket socket, final int most) {
        if (most > 0 && socket.available() > 0) {
            call.succeed(socket.receive(most));
        } else if (socket.phase == Phase.LISTENING) {
            call.fail(Errno.ENOTCONN);
        } else if (most == 0 || socket.peerClosed) {
            call.succeed(0);
        } else if (socket.hasError()) {
            call.fail(socket.takeError());
        } else if (socket.isInputOver()) {
            call.succeed(0);
        } else if (socket.phase == Phase.IDLE) {
            call.fail(Errno.ENOTCONN);
        } else {
            return false;
        }
        return true;
    }

    /** A write on its way: how much is taken already. */
    final class Write {
        private final Socket socket;
        private final byte[] bytes;
        private int taken;

        Write(final Socket socket, final byte[] bytes) {
            this.socket = socket;
            this.bytes = bytes;
        }

        /** @return false where the call waits for room. */
        boolean attempt(final Call call) {
            if (socket.hasError() || socket.isOutputOver()) {
                return broken(call);
            }
            switch (socket.phase) {
                case IDLE, LISTENING -> {
                    return broken(call);
                }
                case CONNECTING -> {
                    return false;
                }
                default -> {
                    // an empty write has been checked, and that is all
                }
            }
            final int accepted = stack.send(socket.connection, bytes, taken);
            if (accepted < 0) {
                return broken(call);
            }
            taken += accepted;
            if (taken < bytes.length) {
                return false;
            }
            call.succeed(taken);
            return true;
        }

        /** Where the call does not wait: what was taken, or EAGAIN. */
        void giveUp(final Call call) {
            if (taken > 0) {
                call.succeed(taken);
            } else {
                call.fail(Errno.EAGAIN);
            }
        }

        private boolean broken(final Call call) {
            if (taken > 0) {
                call.succeed(taken);
            } else {
                final Errno error = socket.takeError();
                call.fail(error == Errno.OK ? Errno.EPIPE : error);
            }
            return true;
        }
    }
}
