package io.millrace.bench.compare.result;

/** Whose transport carries the bytes; of a placement with a fixed partner, the server's alone. */
public enum Contender {
    /** Two stacks on a link in memory, MTU 1500, no offloads. */
    MILLRACE_MEMORY("millrace memory"),
    /** A stack in each process, and memory that they share. */
    MILLRACE_SHM("millrace shm"),
    /** A TAP in the client's namespace. */
    MILLRACE_TAP("millrace tap"),
    /** A packet socket on the server's end of the veth. */
    MILLRACE_AF_PACKET("millrace af-packet"),
    /** An AF_XDP socket on the server's end of the veth. */
    MILLRACE_AF_XDP("millrace af-xdp"),
    /** The kernel's TCP by the selector of the JDK. */
    NIO("nio"),
    /** The kernel's TCP by epoll, which sleeps. */
    EPOLL("epoll"),
    /** The kernel's TCP by epoll, which polls without end. */
    EPOLL_BUSY("epoll busy-wait"),
    /** The kernel's TCP by io_uring. */
    IO_URING("io_uring");

    private final String text;

    Contender(final String text) {
        this.text = text;
    }

    /** Whether its TCP is ours. */
    public boolean isMillrace() {
        return text.startsWith("millrace");
    }

    @Override
    public String toString() {
        return text;
    }
}
