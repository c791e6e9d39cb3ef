package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.OwnThread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DPDK's environment abstraction layer. There is one in a JVM, from the first device on to the JVM's end; later devices are
 * added to it while it runs.
 * <p>
 * Thread: any that holds the lock of this class, as DPDK's control functions are not made for several threads.
 */
@SuppressWarnings("restricted")
final class Eal {
    private static final Path HUGEPAGES = Path.of("/sys/kernel/mm/hugepages");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String CPUS = "Cpus_allowed_list:";
    private static final String PROGRAM = "millrace";

    @Nullable
    private static Eal running;
    @Nullable
    private static String failure;

    private final List<String> options;
    private final EalLog log = new EalLog();
    private final NativeFunction probe;
    private final NativeFunction remove;

    private Eal(final List<String> options) {
        this.options = options;
        final SymbolLookup library = Libraries.load("eal");
        probe = NativeFunction.of(library, "rte_dev_probe");
        remove = NativeFunction.of(library, "rte_dev_remove");
    }

    /**
     * Starts it, or finds it running with the same options.
     *
     * @throws IOException one sentence.
     */
    static Eal start(final DpdkArguments arguments) throws IOException {
        final Eal there = running;
        if (there != null) {
            there.mustSuit(arguments);
            return there;
        }
        if (failure != null) {
            throw new IOException(
                    "EAL could not be started before in this JVM, which allows no second try: " + failure);
        }
        if (!arguments.isWithoutHugepages() && freeHugepages() == 0) {
            throw new IOException(
                    "no hugepage is free; reserve some as root, e.g. sysctl -w vm.nr_hugepages=256, or add "
                            + DpdkArguments.NO_HUGE + " to try DPDK out without");
        }
        final Eal eal = new Eal(arguments.eal());
        eal.initialise(commandLine(arguments));
        running = eal;
        return eal;
    }

    /**
     * Adds a device.
     *
     * @param device what {@code --vdev} or {@code --allow} take.
     * @throws IOException one sentence, with the words of the driver.
     */
    void add(final String device) throws IOException {
        final int result;
        try (Arena arena = Arena.ofConfined()) {
            log.take();
            result = probe.call(arena.allocateFrom(device).address());
        }
        if (result < 0) {
            throw new IOException(DpdkFailure.onProbe(device, result, log.take()));
        }
    }

    /** Takes a device out. */
    void remove(final long device) {
        remove.call(device);
    }

    /** What DPDK and its drivers have logged since the last question. */
    List<String> news() {
        return log.take();
    }

    private void mustSuit(final DpdkArguments arguments) throws IOException {
        if (!arguments.eal().isEmpty() && !withoutDevices(arguments.eal()).equals(withoutDevices(options))) {
            throw new IOException("EAL runs already in this JVM with other options, and there is one in a JVM; give the"
                    + " same, " + String.join(" ", withoutDevices(options)) + ", or none");
        }
    }

    private static List<String> withoutDevices(final List<String> options) {
        return options.stream().filter(option -> !option.startsWith("--allow=")).toList();
    }

    /** EAL binds the thread that starts it to a processor for good, so that is one that ends then. */
    private void initialise(final List<String> words) throws IOException {
        final int code = OwnThread.call("dpdk-start", () -> log.inPlaceOfTheTerminal(() -> {
            final int consumed = NativeFunction.of(Libraries.load("eal"), "rte_eal_init").call(words.size(),
                    argv(words));
            return consumed < 0 ? -Libraries.errno() : 0;
        }));
        if (code < 0) {
            failure = DpdkFailure.onStart(words, -code, log.take());
            throw new IOException(failure);
        }
        log.take();
    }

    /** DPDK keeps pointers into it. */
    private static long argv(final List<String> words) {
        final MemorySegment argv = Arena.global().allocate(ValueLayout.ADDRESS, words.size() + 1L);
        for (int i = 0; i < words.size(); i++) {
            argv.setAtIndex(ValueLayout.ADDRESS, i, Arena.global().allocateFrom(words.get(i)));
        }
        return argv.address();
    }

    /** The user's options, and what makes EAL a guest: no files and sockets of its own, every processor allowed. */
    static List<String> commandLine(final DpdkArguments arguments) throws IOException {
        final List<String> words = new ArrayList<>();
        words.add(PROGRAM);
        words.addAll(arguments.eal());
        if (!arguments.has("--telemetry", "--no-telemetry")) {
            words.add("--no-telemetry");
        }
        if (!arguments.has("--no-shconf", "--in-memory", "--file-prefix", "--huge-unlink")) {
            words.add(arguments.isWithoutHugepages() ? "--no-shconf" : "--in-memory");
        }
        if (arguments.eal().stream().noneMatch(word -> word.matches("(-c|-l|--lcores).*"))) {
            words.add("--lcores=0@(" + allowedCpus() + ")");
        }
        return words;
    }

    private static String allowedCpus() throws IOException {
        for (final String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(CPUS)) {
                return line.substring(CPUS.length()).strip();
            }
        }
        throw new IOException(STATUS + " has no line " + CPUS);
    }

    static long freeHugepages() throws IOException {
        if (!Files.isDirectory(HUGEPAGES)) {
            return 0;
        }
        long free = 0;
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(HUGEPAGES)) {
            for (final Path size : sizes) {
                free += Long.parseLong(Files.readString(size.resolve("free_hugepages")).strip());
            }
        }
        return free;
    }

    /** Text of C at an address. */
    static String text(final long address) {
        int length = 0;
        while (Memory.getByte(address + length) != 0) {
            length++;
        }
        final byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
