package io.millrace.nativeports.linux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Network namespaces of the host, by the names of {@code ip netns}, or by a path such as {@code /proc/PID/ns/net}.
 * Entering one needs CAP_SYS_ADMIN. Thread: any.
 */
public final class HostNamespace {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final String FOLDER = "/run/netns/";

    private HostNamespace() {}

    /**
     * Moves the calling platform thread into a namespace, for good. What it opens lives there.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    public static void enter(final String name) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no namespace of its own");
        }
        final LinuxCalls calls = new LinuxCalls();
        if (name.isEmpty()) {
            throw new IOException("the network namespace has no name; give one of `ip netns list`, or a path");
        }
        final boolean isPath = name.contains("/");
        final String path = isPath ? name : FOLDER + name;
        final int fd = calls.open(path, TunDescriptor.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException("cannot open the network namespace " + name + ": " + Errno.describe(-fd)
                    + (fd == -Errno.ENOENT && !isPath ? "; make it with `ip netns add " + name + "`" : ""));
        }
        final int result = calls.setNamespace(fd, CLONE_NEWNET);
        calls.close(fd);
        if (result < 0) {
            throw new IOException("cannot enter the network namespace " + name + ": " + Errno.describe(-result)
                    + (result == -Errno.EPERM ? "; run as root" : ""));
        }
    }

    /**
     * Does something inside, on a thread of its own, and waits for it.
     *
     * @param name null: where the calling thread is, on that thread.
     * @throws IOException as {@link #enter}, or of the task.
     */
    public static <T> T call(final @Nullable String name, final OwnThread.Task<T> task) throws IOException {
        if (name == null) {
            return task.run();
        }
        return OwnThread.call("inside " + name, () -> {
            enter(name);
            return task.run();
        });
    }
}
