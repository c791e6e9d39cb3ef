package io.millrace.nativeports.dpdk;

import io.millrace.nativeports.linux.Errno;
import java.util.List;

/** What to tell a user when DPDK cannot do something: one sentence each, with DPDK's own words where it has any. */
final class DpdkFailure {
    private static final int MOST_WORDS = 300;
    /** EAL's last words where an option is wrong; which one it says before. */
    private static final String NOTHING_SAID = "Invalid 'command line' arguments";

    private DpdkFailure() {}

    static String onStart(final List<String> words, final int errno, final List<String> log) {
        final String what = "EAL does not start (" + String.join(" ", words.subList(1, words.size())) + "): "
                + Errno.describe(errno)
                + said(log.stream().filter(line -> !line.contains(NOTHING_SAID)).toList());
        return switch (errno) {
            case Errno.EACCES, Errno.EPERM -> what + "; run as root, or with " + DpdkArguments.NO_HUGE + " --no-pci";
            case Errno.ENOMEM -> what + "; ask for less memory with -m, or reserve more hugepages";
            default -> what;
        };
    }

    static String onProbe(final String device, final int result, final List<String> log) {
        final String name = DpdkArguments.nameOf(device);
        final String driver = name.replaceAll("[0-9]+$", "");
        if (driver.startsWith("net_") && !Libraries.exists(driver)) {
            return "no driver of DPDK takes " + name + "; install it, on Debian 12: apt-get install librte-"
                    + driver.replace('_', '-') + Abi.VERSION;
        }
        final String what = "cannot add " + device + " to DPDK: " + Errno.describe(-result) + said(log);
        if (name.matches("[0-9a-fA-F]{4}:.*")) {
            return what + "; " + bind(name);
        }
        return result == -Errno.EPERM || result == -Errno.EACCES ? what + "; run as root" : what;
    }

    static String onMissingPort(final String name, final List<String> there) {
        final String what = "DPDK has no port " + name + ", " + (there.isEmpty()
                ? "and no other either"
                : "only " + String.join(", ", there));
        return name.matches("[0-9a-fA-F]{4}:.*")
                ? what + "; " + bind(name)
                : what + "; name a device with --vdev or --allow";
    }

    static String onStep(final String step, final String port, final int result, final List<String> log) {
        return "cannot " + step + " DPDK's port " + port + ": " + Errno.describe(-result) + said(log);
    }

    static String onFewQueues(final String port, final DeviceInfo info, final int queues) {
        final String argument = switch (info.driver()) {
            case "net_af_packet" -> "qpairs";
            case "net_af_xdp" -> "queue_count";
            default -> "";
        };
        return "DPDK's port " + port + " has " + info.queues() + " queue(s) for " + queues + " engines"
                + (argument.isEmpty() ? "" : "; " + argument + '=' + queues + " of the device may give it more");
    }

    static String onPool(final int mbufs, final int bytes, final int errno, final List<String> log) {
        final String what = "DPDK has no memory for " + mbufs + " mbufs of " + bytes + " bytes: "
                + Errno.describe(errno)
                + said(log);
        return errno == Errno.ENOMEM || errno == Errno.ENOBUFS
                ? what + "; lower millrace.port.frames, or give EAL more with -m (MiB), e.g. -m 256, or more hugepages"
                : what + "; is the package librte-mempool-ring" + Abi.VERSION + " installed?";
    }

    private static String bind(final String name) {
        return "bind the NIC to a driver for DPDK as root, dpdk-devbind.py --bind=vfio-pci " + name
                + ", and run as root or as the owner of its group in /dev/vfio";
    }

    /** The last of the log's lines, as the first of them only tell what was tried. */
    private static String said(final List<String> log) {
        if (log.isEmpty()) {
            return "";
        }
        final String last = log.getLast();
        return ", DPDK says \"" + last.substring(0, Math.min(last.length(), MOST_WORDS)) + '"';
    }
}
