package io.millrace.fastpath.testing.socket;

import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The descriptors of the one process, and who is bound to what. Thread: the driver's. */
final class Sockets {
    private static final int FIRST = 3;

    private final NavigableMap<Integer, Socket> open = new TreeMap<>();

    /** The lowest descriptor that is free. */
    int free() {
        return IntStream.iterate(FIRST, fd -> fd + 1).filter(fd -> !open.containsKey(fd)).findFirst().orElseThrow();
    }

    Socket add(final Socket socket) {
        open.put(socket.fd, socket);
        return socket;
    }

    @Nullable
    Socket get(final int fd) {
        return open.get(fd);
    }

    void remove(final Socket socket) {
        open.remove(socket.fd);
    }

    /** The listener for a local address and port: the specific address wins. */
    @Nullable
    Listening listener(final long localLo, final int localPort) {
        Listening found = null;
        for (final Socket socket : open.values()) {
            if (socket.listening != null && socket.localPort == localPort) {
                if (socket.localLo == localLo) {
                    return socket.listening;
                }
                if (socket.localLo == 0) {
                    found = socket.listening;
                }
            }
        }
        return found;
    }

    /** Linux's rule: two sockets share a port where both have SO_REUSEADDR and none of them listens. */
    boolean isTaken(final Socket wanting, final long localLo, final int localPort) {
        return open.values().stream().anyMatch(other -> other != wanting && other.localPort == localPort
                && (other.localLo == 0 || localLo == 0 || other.localLo == localLo)
                && (!(other.reuseAddress && wanting.reuseAddress) || other.listening != null));
    }
}
