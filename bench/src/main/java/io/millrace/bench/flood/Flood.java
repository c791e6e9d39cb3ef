package io.millrace.bench.flood;

import io.millrace.bench.machine.Namespace;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thread that sends SYNs through a packet socket, one system call each, as fast as it can or at a rate. Thread: its own,
 * and that of who starts and stops it.
 */
final class Flood implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    /** {@code struct sockaddr_ll} of packet(7): the index of the device stands behind family and protocol. */
    private static final int SOCKADDR_LL_LENGTH = 20;
    private static final int DEVICE_OFFSET = 4;
    private static final Pattern DEVICE = Pattern.compile("^(\\d+): .*link/ether ([0-9a-f:]{17})", Pattern.MULTILINE);
    private static final Pattern NEIGHBOUR = Pattern.compile("lladdr ([0-9a-f:]{17})");

    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;
    private final SynFrames frames;
    private final long intervalNs;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("flood").factory());
    private volatile long sent;
    private volatile boolean stopped;

    private Flood(final int fd, final SynFrames frames, final long rate) {
        this.fd = fd;
        this.frames = frames;
        intervalNs = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / rate;
    }

    /**
     * Begins. The target must be known to the namespace as a neighbour: somebody has connected to it.
     *
     * @param rate SYNs a second; 0: as many as can be.
     */
    static Flood start(final Namespace namespace, final Target target, final long rate, final long seed)
            throws IOException {
        final Matcher device = match(DEVICE, namespace.exec("ip", "-o", "link", "show", "dev", target.device()));
        final Matcher neighbour = match(NEIGHBOUR, namespace.exec("ip", "neigh", "show",
                target.address().getAddress().getHostAddress(), "dev", target.device()));
        final int fd = HostNamespace.call(namespace.name(), () -> open(Integer.parseInt(device.group(1))));
        final SynFrames frames = new SynFrames(seed, mac(device.group(2)), mac(neighbour.group(1)),
                IpAddress.toV4(IpAddress.lo(target.address().getAddress())), Target.PORT);
        final Flood flood = new Flood(fd, frames, rate);
        flood.thread.execute(flood::run);
        return flood;
    }

    private static Matcher match(final Pattern pattern, final String text) throws IOException {
        final Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("`ip` says what is not understood: " + text);
        }
        return matcher;
    }

    private static long mac(final String text) {
        return HexFormat.fromHexDigitsToLong(text.replace(":", ""));
    }

    private static int open(final int device) throws IOException {
        final LinuxCalls calls = new LinuxCalls();
        final int fd = check(calls.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "open a packet socket");
        try (MemoryRegion address = MemoryRegion.allocate("sockaddr_ll", SOCKADDR_LL_LENGTH)) {
            Memory.zero(address.address(), SOCKADDR_LL_LENGTH);
            Memory.putShort(address.address(), AF_PACKET);
            Memory.putInt(address.address() + DEVICE_OFFSET, device);
            check(calls.bind(fd, address.address(), SOCKADDR_LL_LENGTH), "bind a packet socket");
            return fd;
        } catch (final IOException e) {
            calls.close(fd);
            throw e;
        }
    }

    private static int check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + ": " + Errno.describe(-result));
        }
        return result;
    }

    /** Frames that the kernel has taken so far. */
    long sent() {
        return sent;
    }

    private void run() {
        long nextNs = System.nanoTime();
        while (!stopped) {
            frames.next();
            // what the device has no room for is lost, as on a wire
            if (calls.write(fd, frames.address(), frames.length()) > 0) {
                sent++;
            }
            if (intervalNs != 0) {
                nextNs += intervalNs;
                LockSupport.parkNanos(nextNs - System.nanoTime());
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        // waits for its end
        thread.close();
        calls.close(fd);
        frames.close();
    }
}
