package io.millrace.doctor;

import io.millrace.config.EngineKeys;
import io.millrace.config.PortKeys;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is wrong with a running stack. Thread: one. */
public final class DuringRun {
    /** An engine that has not run for so long does not run. */
    static final long NOT_DRIVEN_NS = TimeUnit.SECONDS.toNanos(2);
    /** A loop sleeps 1 ms at the most: 2^24 ns, 17 ms, is far beyond that. */
    private static final int STARVED_BUCKET = 24;
    /** So many such times, or one that is so long (as a retransmission timeout), are too many. */
    private static final int STARVED_TIMES = 10;
    private static final int STARVED_LONG_BUCKET = 28;
    private static final long BAD_CHECKSUMS = 10;
    private static final long BAD_CHECKSUM_SHARE = 1_000;
    private static final double STOLEN_SHARE = 0.05;
    private static final long RESETS = 10;
    private static final long RESET_SHARE = 10;
    private static final double NEARLY_FULL = 0.9;
    private static final int NAMED = 5;

    private final Reports reports;
    private final List<Finding> findings = new ArrayList<>();

    DuringRun(final Reports reports) {
        this.reports = reports;
    }

    /**
     * Looks at a stack: at everything since it started, or at what happens within so many seconds.
     *
     * @param seconds   0: since it started.
     * @param providers the kinds of device that there are.
     * @throws IOException one sentence: the stack does not answer.
     */
    public static List<Finding> of(final Observer observer, final int seconds,
            final List<PacketDeviceProvider> providers) throws IOException, InterruptedException {
        final Reports first = Reports.read(observer, providers);
        if (seconds == 0) {
            return new DuringRun(first).findings();
        }
        TimeUnit.SECONDS.sleep(seconds);
        return new DuringRun(Reports.read(observer, providers).since(first, observer)).findings();
    }

    /** Everything that is wrong. */
    List<Finding> findings() {
        loops();
        checksums();
        addresses();
        paths();
        neighbours();
        resets();
        timeWait();
        portLosses();
        synLosses();
        reports.metadata().findings().forEach(finding -> findings.add(Finding.of(finding)));
        bulk();
        CounterRule.ALL.forEach(rule -> rule.apply(reports).ifPresent(findings::add));
        return List.copyOf(findings);
    }

    private void loops() {
        for (int engine = 0; engine < reports.looks().size(); engine++) {
            final long idleNs = reports.nowNs() - reports.looks().get(engine);
            if (idleNs >= NOT_DRIVEN_NS) {
                add(Symptom.NOT_DRIVEN, "Engine " + engine + " has not run for " + seconds(idleNs) + '.',
                        "A handler blocks its event loop, or the process is stopped: look at its threads (jstack PID).");
            }
        }
        final long starved = timesFrom(STARVED_BUCKET);
        if (starved >= STARVED_TIMES || timesFrom(STARVED_LONG_BUCKET) > 0) {
            add(Symptom.LOOP_STARVED, starved + " times a loop did not run for 17 ms or longer; the longest time since"
                    + " the start is " + seconds(reports.value(Gauge.LONGEST_GAP_NS.label())) + '.',
                    "Keep what blocks out of handlers (a DefaultEventExecutorGroup takes it), give each loop a core of its"
                            + " own (taskset, cpusets), and have no more " + ThreadingKeys.ENGINES + " than cores.");
        }
        if (reports.stolenShare() >= STOLEN_SHARE) {
            add(Symptom.CPU_STOLEN, percent(reports.stolenShare()) + " of this machine's processor time went to other"
                    + " machines since it started (steal).", "Ask for a machine with processors of its own.");
        }
    }

    private long timesFrom(final int bucket) {
        long times = 0;
        for (int i = bucket; i < reports.loopTimes().length; i++) {
            times += reports.loopTimes()[i];
        }
        return times;
    }

    private void checksums() {
        final long bad = value(Counter.IP_BAD_CHECKSUM) + value(Counter.TCP_BAD_CHECKSUM)
                + value(Counter.UDP_BAD_CHECKSUM) + value(Counter.ICMP_BAD_CHECKSUM);
        if (bad >= BAD_CHECKSUMS && bad * BAD_CHECKSUM_SHARE >= value(Counter.FRAMES_RECEIVED)) {
            add(Symptom.CHECKSUMS_WRONG, bad + " of " + value(Counter.FRAMES_RECEIVED) + " frames came with a wrong"
                    + " checksum.",
                    "Who sends them leaves checksums to a device that does not make them, or a device damages"
                            + " frames: turn that off there (ethtool -K DEVICE tx off), or here (" + PortKeys.OFFLOADS
                            + " = false).");
        }
    }

    private void addresses() {
        for (final InetAddress own : reports.ownAddresses()) {
            if (reports.metadata().isShared()) {
                sharedAddress(own);
                continue;
            }
            BeforeRun.kernelAddress(own, reports.kernelAddresses()).ifPresent(findings::add);
        }
    }

    private void sharedAddress(final InetAddress own) {
        // empty where nobody can tell
        if (!reports.kernelAddresses().isEmpty() && !reports.kernelAddresses().contains(own)) {
            add(Symptom.SHARED_ADDRESS_LOST,
                    "The host has lost the address " + IpAddress.toString(own) + ", which the stack shares.",
                    "Give it back to the host (ip address add), or start the stack anew, which takes over what there is.");
        }
    }

    private void paths() {
        if (!reports.shortPaths().isEmpty()) {
            final Map.Entry<String, Integer> first = reports.shortPaths().entrySet().iterator().next();
            add(Symptom.PATH_MTU_ON_LINK,
                    "The path to " + first.getKey() + ", which is on the stack's own link, takes only "
                            + first.getValue() + " bytes, and the port sends up to "
                            + reports.value(Gauge.PORT_MTU.label())
                            + (reports.shortPaths().size() == 1
                                    ? "."
                                    : "; so do " + (reports.shortPaths().size() - 1)
                                            + " more."),
                    "Set " + PortKeys.MTU + " = " + first.getValue() + ", or raise the MTU of the other side.");
        }
    }

    private void neighbours() {
        final List<String> failed = reports.neighboursIn("FAILED");
        if (!failed.isEmpty()) {
            add(Symptom.NEIGHBOUR_UNREACHABLE, failed.size() + " neighbour(s) do not answer: "
                    + String.join(", ", failed.subList(0, Math.min(NAMED, failed.size())))
                    + (failed.size() > NAMED ? "..." : "") + '.',
                    "Look whether they are up and on this link, whether the prefix and the gateway are right"
                            + " (`millrace routes`), and whether something filters ARP or Neighbour Discovery.");
        }
    }

    private void resets() {
        final long resets = value(Counter.TCP_RESETS_RECEIVED);
        final long established = value(Counter.TCP_ESTABLISHED);
        if (resets >= RESETS && resets * RESET_SHARE >= established) {
            add(Symptom.RESETS_ANSWERED, resets + " connections were ended by a reset of the peer, of " + established
                    + " established.",
                    "Look at the peer's log; where it blames a reset from here, the kernel of a host on"
                            + " the way answers in our name (see kernel-has-address).");
        }
    }

    private void timeWait() {
        final long limit = reports.value(Gauge.TIME_WAITS_LIMIT.label());
        if (limit > 0 && reports.value(Gauge.TIME_WAITS.label()) >= limit * NEARLY_FULL) {
            add(Symptom.TIME_WAIT_NEARLY_FULL, reports.value(Gauge.TIME_WAITS.label()) + " of " + limit
                    + " records of TIME_WAIT are in use.",
                    "Raise " + EngineKeys.MAX_TIME_WAIT
                            + ", or let clients close first.");
        }
    }

    private void portLosses() {
        final long dropped = reports.value(Gauge.PORT_DROPPED.label());
        if (dropped > 0 && dropped * BAD_CHECKSUM_SHARE >= value(Counter.FRAMES_RECEIVED)
                && dropped >= BAD_CHECKSUMS) {
            add(Symptom.FRAMES_LOST_BY_PORT, "The port lost " + dropped + " frames since it was opened, of "
                    + (dropped + value(Counter.FRAMES_RECEIVED)) + '.',
                    "Raise " + PortKeys.FRAMES
                            + ", or let the loop run more often (see loop-starved).");
        }
    }

    private void synLosses() {
        final long dropped = reports.value(Gauge.PORT_SYNS_DROPPED.label());
        if (dropped > 0) {
            add(Symptom.SYNS_LOST, "At least " + dropped + " SYNs found the device's queues for them full since it was"
                    + " opened.",
                    "That is a flood of SYNs, which something in front of the stack may filter, or more new connections"
                            + " than the loops take: let them run more often (see loop-starved).");
        }
    }

    private void bulk() {
        final long refused = reports.value(Gauge.PORT_BULK_REFUSED.label());
        if (refused > 0) {
            add(Symptom.DEVICE_SLOWED, "The host received " + refused + " bursts of long frames on a loop's CPU: Linux"
                    + " refused to have the other CPUs receive, as the log says.",
                    "Let the process use CPUs that are not isolated, or say bulk=direct where it is meant to be so.");
        }
        final long withoutCpu = reports.value(Gauge.PORT_BULK_WITHOUT_CPU.label());
        if (withoutCpu > 0) {
            add(Symptom.DEVICE_SLOWED,
                    "The host received " + withoutCpu + " bursts of long frames on a loop's CPU: each"
                            + " CPU that the process may use has a loop.",
                    "Let it use one more, have fewer " + ThreadingKeys.ENGINES
                            + ", or say bulk=direct where it is meant to be so.");
        }
    }

    private long value(final Counter counter) {
        return reports.value(counter.label());
    }

    private void add(final Symptom symptom, final String what, final String remedy) {
        findings.add(new Finding(symptom, what, remedy));
    }

    private static String seconds(final long ns) {
        return String.format(Locale.ROOT, "%.3f s", ns / 1e9);
    }

    private static String percent(final double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
