package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The interface under net_af_xdp of 22.11, and what that driver does not do: it never says that its link is down, and it
 * counts the users of the memory that it shares with the kernel one too low, so that it leaves that memory's sockets open
 * when it is closed, as its library leaves the map in which the kernel finds them. They are closed here: while a socket is
 * open, the kernel may write into the pool.
 * <p>
 * Thread: with {@link Eal}'s lock held; made in the interface's network namespace.
 */
@SuppressWarnings("restricted")
final class XdpInterface implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path DETAILS = Path.of("/proc/self/fdinfo");
    private static final String SOCKET = "socket:";
    private static final String MAP = "anon_inode:bpf-map";
    /** The map of sockets ({@code BPF_MAP_TYPE_XSKMAP}), and the array in which libxdp counts who uses its program. */
    private static final Pattern MAP_OF_XDP = Pattern.compile(
            "(?m)^map_type:\\s*(17$|2\\nkey_size:\\s*4\\nvalue_size:\\s*4\\nmax_entries:\\s*1$)");
    private static final Pattern MAP_ID = Pattern.compile("(?m)^map_id:\\s*[0-9]+$");
    /** A socket and both maps. */
    private static final int MOST_OF_A_QUEUE = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_DOMAIN = 39;
    private static final int AF_XDP = 44;
    /** Loaded with the driver; they would tell the terminal how they try one way after another. */
    private static final Map<String, String> TALKERS = Map.of("libbpf.so.1", "libbpf_set_print", "libxdp.so.1",
            "libxdp_set_print");

    private final LinuxCalls calls = new LinuxCalls();
    private final HostInterface host;
    /** What has been opened for the driver's queues: the kernel's names. */
    private final Set<String> opened = new HashSet<>();
    private Map<Integer, String> before = Map.of();
    private boolean complete = true;

    /** @throws IOException where the system has no socket to give. */
    XdpInterface(final String name) throws IOException {
        host = new HostInterface(name);
        TALKERS.forEach(XdpInterface::silence);
    }

    private static void silence(final String library, final String function) {
        try {
            NativeFunction.of(SymbolLookup.libraryLookup(library, Arena.global()), function).call(0);
        } catch (final IllegalArgumentException | NoSuchElementException e) {
            // Another version of it is talkative; nothing else is wrong with that.
        }
    }

    /** The driver opens a socket now. */
    void beforeQueue() {
        before = ofXdp();
    }

    /** It has opened it: one, unless another part of the process has opened one meanwhile; then none is closed. */
    void afterQueue() {
        final Map<Integer, String> fresh = ofXdp();
        fresh.entrySet().removeAll(before.entrySet());
        final Set<String> names = new HashSet<>(fresh.values());
        complete &= names.stream().filter(name -> name.startsWith(SOCKET)).count() == 1
                && names.size() <= MOST_OF_A_QUEUE;
        opened.addAll(names);
    }

    /** False where it is down or gone. */
    boolean isUp() {
        try {
            return host.isUp();
        } catch (final IOException e) {
            return false;
        }
    }

    /**
     * Closes what the driver has left open, when it is closed itself.
     *
     * @return true where the kernel has nothing of the pools' memory any more.
     */
    boolean letGo() {
        if (complete) {
            final Map<Integer, String> left = ofXdp();
            left.values().retainAll(opened);
            left.keySet().forEach(calls::close);
        }
        return complete;
    }

    @Override
    public void close() {
        host.close();
    }

    /** Every socket of XDP and every map of them, by descriptor, with what the kernel calls it, which no other has. */
    private Map<Integer, String> ofXdp() {
        final Map<Integer, String> found = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS);
                MemoryRegion answer = MemoryRegion.allocate("option of a socket", 2L * Integer.BYTES)) {
            for (final Path entry : entries) {
                final String name = name(entry, answer.address());
                if (!name.isEmpty()) {
                    found.put(Integer.valueOf(entry.getFileName().toString()), name);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot list " + DESCRIPTORS, e);
        }
        return found;
    }

    private String name(final Path entry, final long answer) {
        try {
            final String target = Files.readSymbolicLink(entry).toString();
            if (target.startsWith(SOCKET)) {
                return isXdp(Integer.parseInt(entry.getFileName().toString()), answer) ? target : "";
            }
            return target.equals(MAP) ? mapName(Files.readString(DETAILS.resolve(entry.getFileName()))) : "";
        } catch (final IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static String mapName(final String details) {
        final Matcher id = MAP_ID.matcher(details);
        return MAP_OF_XDP.matcher(details).find() && id.find() ? id.group() : "";
    }

    private boolean isXdp(final int descriptor, final long answer) {
        final long length = answer + Integer.BYTES;
        Memory.putInt(length, Integer.BYTES);
        return calls.option(descriptor, SOL_SOCKET, SO_DOMAIN, answer, length) == 0 && Memory.getInt(answer) == AF_XDP;
    }
}
