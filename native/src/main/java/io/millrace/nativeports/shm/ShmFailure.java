package io.millrace.nativeports.shm;

import io.millrace.nativeports.linux.Errno;
import java.nio.file.Path;

/** What to tell a user when a shared memory cannot be used: one sentence each. */
final class ShmFailure {
    private static final int MIB_SHIFT = 20;

    private ShmFailure() {}

    static String onOpen(final Path file, final int errno) {
        final String what = "cannot open the shared memory " + file + ": " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM -> what + "; both processes need the right to read and write it";
            case Errno.ELOOP -> what + "; name the file itself";
            default -> what;
        };
    }

    static String onRoom(final Path file, final int errno, final long bytes) {
        return "cannot make " + file + " " + (bytes + (1 << MIB_SHIFT) - 1 >> MIB_SHIFT) + " MiB long: "
                + Errno.describe(errno) + (errno == Errno.ENOSPC
                        ? "; lower millrace.port.frames, give a file elsewhere, or a container a larger /dev/shm (--shm-size)"
                        : "");
    }

    static String foreign(final Path file) {
        return file + " is no shared memory of Millrace; name another file, or remove it";
    }

    static String otherVersion(final Path file, final int version) {
        return file + " is in use as a shared memory of version " + version + ", and this is Millrace with version "
                + ShmLayout.VERSION + "; run the same Millrace on both sides, or name another file";
    }

    static String busy(final Path file) {
        return "another process is attaching to " + file + " and does not finish; look for it with `fuser " + file
                + "`";
    }

    static String taken(final Path file, final String users) {
        return "both sides of " + file + " are taken, by " + users
                + "; it joins two stacks, give this one another file";
    }

    static String sideTaken(final Path file, final int side, final String user) {
        return "side " + side + " of " + file + " is taken by " + user + "; ask for side=" + (1 - side)
                + " or side=auto";
    }

    static String differs(final Path file, final ShmLayout made, final ShmLayout wanted, final String user) {
        return file + " was made by " + user + " with " + say(made) + ", and here " + say(wanted)
                + " are asked for; both need the same millrace.port.mtu, millrace.port.frames and millrace.threading.engines";
    }

    private static String say(final ShmLayout layout) {
        return "mtu " + layout.mtu() + ", " + layout.frames() + " frames and " + layout.queues()
                + (layout.queues() == 1 ? " engine" : " engines");
    }

    static String tooLarge(final ShmLayout layout) {
        return "a pool of " + layout.frames() + " frames of " + layout.slotLength()
                + " bytes is more than 2 GiB; lower millrace.port.frames";
    }

    static String cut(final Path file, final long bytes) {
        return "somebody has cut the shared memory " + file + " to " + bytes
                + " bytes while it was in use; start both processes anew";
    }
}
