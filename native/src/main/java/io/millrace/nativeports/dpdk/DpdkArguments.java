package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What stands after {@code dpdk:}: options of EAL, then where wanted {@code --} and options of the port. EAL's options are
 * checked here, as EAL answers to a wrong one with its whole usage, and to {@code --help} with the end of the process.
 *
 * @param eal           options of EAL but those that name virtual devices.
 * @param devices       what to probe: the values of {@code --vdev} and {@code --allow}, with their arguments.
 * @param port          name or number of DPDK's port; empty where there is one only.
 * @param rxDescriptors of each receive queue.
 * @param txDescriptors of each transmit queue.
 * @param rssKey        Toeplitz key of this device alone, as long as it has it; empty for that of the stack.
 */
record DpdkArguments(List<String> eal, List<String> devices, String port, int rxDescriptors, int txDescriptors,
        byte[] rssKey) {
    static final String NO_HUGE = "--no-huge";

    private static final String SEPARATOR = "--";
    private static final int DESCRIPTORS = 512;
    private static final int MOST_DESCRIPTORS = 32_768;

    /** As keys of the configuration; the key of the hash, for all ports, is millrace.port.rss-key. */
    static final List<PortOption> OPTIONS = List.of(
            new PortOption("eal", new Type.Text("options of EAL, without the word --", "(?!(.*\\s)?--(\\s|$)).*"), "",
                    Place.FRONT,
                    """
                            Options of EAL, e.g. "--allow=0000:03:00.0", or "--no-huge --no-pci --vdev=net_tap0,iface=mr0";
                            device is "dpdk" then, or has the same options behind its colon.
                            """),
            new PortOption("port", new Type.Text("a name or number of a port of DPDK, or \"\"", "\\S*"), "",
                    Place.DASHES,
                    """
                            Name or number of DPDK's port. "": the only one that there is.
                            """),
            new PortOption("rx-descriptors", new Type.Whole(1, MOST_DESCRIPTORS), String.valueOf(DESCRIPTORS),
                    Place.DASHES, """
                            Descriptors of each receive queue, adjusted to what the driver can.
                            """),
            new PortOption("tx-descriptors", new Type.Whole(1, MOST_DESCRIPTORS), String.valueOf(DESCRIPTORS),
                    Place.DASHES, """
                            Descriptors of each transmit queue, adjusted to what the driver can.
                            """));

    /** Options without a value, and with one; what is missing here is refused. */
    private static final List<String> FLAGS = List.of("--create-uio-dev", "--huge-unlink", "--in-memory",
            "--legacy-mem",
            "--match-allocations", "--no-hpet", NO_HUGE, "--no-pci", "--no-shconf", "--no-telemetry",
            "--single-file-segments", "--telemetry", "--vmware-tsc-map");
    private static final List<String> VALUED = List.of("--allow", "--base-virtaddr", "--block", "--file-prefix",
            "--force-max-simd-bitwidth", "--huge-dir", "--iova-mode", "--lcores", "--log-level", "--main-lcore",
            "--mbuf-pool-ops-name", "--proc-type", "--socket-limit", "--socket-mem", "--syslog", "--vdev",
            "--vfio-intr",
            "--vfio-vf-token");
    private static final Map<String, String> SHORT = Map.of("-a", "--allow", "-b", "--block", "-c", "-c", "-d", "-d",
            "-l", "-l", "-m", "-m", "-n", "-n", "-r", "-r");

    /** @throws IOException one sentence: what is wrong and what to write. */
    static DpdkArguments parse(final String text) throws IOException {
        final Builder builder = new Builder();
        final List<String> words = text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
        final int separator = words.indexOf(SEPARATOR);
        final List<String> options = separator < 0 ? words : words.subList(0, separator);
        for (int i = 0; i < options.size(); i++) {
            i += builder.eal(options.get(i), i + 1 < options.size() ? options.get(i + 1) : null);
        }
        if (separator >= 0) {
            for (final String option : words.subList(separator + 1, words.size())) {
                builder.port(option);
            }
        }
        return builder.build();
    }

    boolean isWithoutHugepages() {
        return eal.contains(NO_HUGE);
    }

    /** True where one of the options is given, with whatever value. */
    boolean has(final String... names) {
        return eal.stream().anyMatch(word -> List.of(names).contains(word.split("=", 2)[0]));
    }

    /** The name of a device without its arguments. */
    static String nameOf(final String device) {
        final String name = device.split(",", 2)[0];
        // A PCI address may be given without its domain, which DPDK's names have.
        return name.matches("[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]") ? "0000:" + name : name;
    }

    /** The value of an argument of a device, e.g. of {@code iface} in {@code net_tap0,iface=mr0}; empty without. */
    static String argumentOf(final String device, final String key) {
        for (final String argument : device.split(",")) {
            if (argument.startsWith(key + "=")) {
                return argument.substring(key.length() + 1);
            }
        }
        return "";
    }

    /** The value of an argument of the device whose name is that of DPDK's port; empty without. */
    String argumentOfPort(final String portName, final String key) {
        return devices.stream().filter(device -> nameOf(device).equals(portName))
                .map(device -> argumentOf(device, key)).findFirst().orElse("");
    }

    /** Collects. */
    private static final class Builder {
        private final List<String> eal = new ArrayList<>();
        private final List<String> devices = new ArrayList<>();
        private String port = "";
        private int rxDescriptors = DESCRIPTORS;
        private int txDescriptors = DESCRIPTORS;
        private byte[] rssKey = {};

        /** @return how many of the following words belong to the option, 0 or 1. */
        int eal(final String word, final String next) throws IOException {
            if (FLAGS.contains(word)) {
                eal.add(word);
                return 0;
            }
            final int equals = word.startsWith(SEPARATOR) ? word.indexOf('=') : -1;
            if (equals > 0 && VALUED.contains(word.substring(0, equals))) {
                add(word.substring(0, equals), word.substring(equals + 1));
                return 0;
            }
            final String attached = word.length() > 2 ? SHORT.get(word.substring(0, 2)) : null;
            if (!word.startsWith(SEPARATOR) && attached != null) {
                add(attached, word.substring(2));
                return 0;
            }
            final String name = VALUED.contains(word) ? word : SHORT.get(word);
            if (name == null) {
                throw new IOException("\"" + word + "\" is no option of EAL that can be used here; options of the port"
                        + " come after a word --, e.g. dpdk:--no-huge --no-pci --vdev=net_tap0 -- port=net_tap0");
            }
            if (next == null || next.startsWith("-")) {
                throw new IOException("the option " + word + " of EAL needs a value, e.g. " + name + " VALUE");
            }
            add(name, next);
            return 1;
        }

        private void add(final String name, final String value) throws IOException {
            if (name.equals("--proc-type") && !value.equals("primary")) {
                throw new IOException("EAL must be the primary process here; leave out --proc-type=" + value);
            }
            if (name.equals("--vdev") || name.equals("--allow")) {
                devices.add(value);
            }
            if (!name.equals("--vdev")) {
                eal.add(name.startsWith(SEPARATOR) ? name + "=" + value : name + value);
            }
        }

        void port(final String option) throws IOException {
            final int equals = option.indexOf('=');
            final String value = option.substring(equals + 1);
            switch (option.substring(0, Math.max(0, equals))) {
                case "port" -> port = value;
                case "rx-descriptors" -> rxDescriptors = descriptors(option, value);
                case "tx-descriptors" -> txDescriptors = descriptors(option, value);
                case "rss-key" -> rssKey = key(option, value);
                default -> throw new IOException("\"" + option + "\" is no option of the port; there is port=NAME,"
                        + " rx-descriptors=N, tx-descriptors=N and rss-key=HEX");
            }
        }

        private static int descriptors(final String option, final String value) throws IOException {
            if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < 1
                    || Integer.parseInt(value) > MOST_DESCRIPTORS) {
                throw new IOException(option + ": give a number from 1 to " + MOST_DESCRIPTORS);
            }
            return Integer.parseInt(value);
        }

        private static byte[] key(final String option, final String value) throws IOException {
            try {
                return HexFormat.of().parseHex(value);
            } catch (final IllegalArgumentException e) {
                throw new IOException(option + ": give pairs of hexadecimal digits", e);
            }
        }

        DpdkArguments build() throws IOException {
            if (eal.contains(NO_HUGE) && eal.contains("--in-memory")) {
                throw new IOException("EAL takes " + NO_HUGE + " or --in-memory, not both; leave out one of them");
            }
            return new DpdkArguments(List.copyOf(eal), List.copyOf(devices), port, rxDescriptors, txDescriptors,
                    rssKey);
        }
    }
}
