package io.millrace.doctor;

import io.millrace.config.Cidr;
import io.millrace.config.DeviceSpec;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.counters.LoopTimes;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.ObservedNeighbour;
import io.millrace.observe.ObservedRoute;
import io.millrace.observe.Observer;
import io.millrace.observe.Reading;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers {@link Reports}. Thread: one. */
final class ReportReader {
    /** Column of {@code /proc/stat} that tells stolen time (proc(5)). */
    private static final int STEAL = 8;
    private static final int SHORT_PATHS = 16;

    private ReportReader() {}

    static Reports read(final Observer observer, final DeviceHost host) throws IOException {
        final Map<String, Long> values = new HashMap<>();
        List<Long> looks = List.of();
        for (final Reading reading : observer.readings()) {
            values.merge(reading.label(), reading.value(), Long::sum);
            if (reading.label().equals(Gauge.LOOK_NS.label())) {
                looks = reading.engines();
            }
        }
        final long nowNs = System.nanoTime();
        final boolean answers = looks.stream().allMatch(look -> nowNs - look < DuringRun.NOT_DRIVEN_NS);
        final List<ObservedRoute> routes = answers ? observer.routes() : List.of();
        final List<Cidr> own = own(routes);
        // the MTU that is told is that of the first port
        final List<Cidr> ofFirst = own(routes.stream().filter(route -> route.device().isEmpty()
                || route.device().equals(devices(observer).getFirst())).toList());
        final List<ObservedNeighbour> neighbours = answers ? observer.neighbours() : List.of();
        final Map<String, Integer> shortPaths = answers
                ? shortPaths(observer, ofFirst, values)
                : Map.of();
        final Set<InetAddress> addresses = own.stream().map(Cidr::address).collect(Collectors.toSet());
        return new Reports(values, looks, nowNs, loopTimes(observer), neighbours, addresses,
                kernelAddresses(observer, host), shortPaths, observer.metadata(), stolen());
    }

    /** Of the kernels behind all ports. */
    private static Set<InetAddress> kernelAddresses(final Observer observer, final DeviceHost host) {
        final Set<InetAddress> all = new HashSet<>();
        for (final String device : devices(observer)) {
            all.addAll(host.look(device(device),
                    (name, here) -> here
                            ? KernelAddresses.of(Long.toString(observer.pid()))
                            : KernelAddresses.ofThread(),
                    Set.of()));
        }
        return all;
    }

    /** The names of the ports' devices, that of the first link first. */
    private static List<String> devices(final Observer observer) {
        return List.of(observer.metadata().device().split(", "));
    }

    /** A device that an application brings may have any name. */
    private static DeviceSpec device(final String name) {
        try {
            return DeviceSpec.parse(name);
        } catch (final IllegalArgumentException e) {
            return new DeviceSpec(name, "");
        }
    }

    private static List<Cidr> own(final List<ObservedRoute> routes) {
        return routes.stream().filter(route -> route.kind().equals("address")).map(ObservedRoute::destination)
                .map(Cidr::parse).toList();
    }

    private static long[] loopTimes(final Observer observer) {
        final long[] all = new long[LoopTimes.BUCKETS];
        for (int engine = 0; engine < observer.engines(); engine++) {
            final long[] times = observer.loopTimes(engine);
            for (int i = 0; i < all.length; i++) {
                all[i] += times[i];
            }
        }
        return all;
    }

    /**
     * Between hosts of one link is no router that could have a smaller MTU. Where nothing is acknowledged, a smaller one is
     * only being tried (RFC 8899 §4.4): a peer that is gone says nothing about the link.
     */
    private static Map<String, Integer> shortPaths(final Observer observer, final List<Cidr> own,
            final Map<String, Long> values) throws IOException {
        final long mtu = values.getOrDefault(Gauge.PORT_MTU.label(), 0L);
        // what a server of DHCP (RFC 2132 §5.1) or routers (RFC 4861 §4.6.4) say of the link is no mistake of anybody
        final long mtuV4 = values.getOrDefault(Gauge.LINK_MTU_V4.label(), mtu);
        final long mtuV6 = values.getOrDefault(Gauge.LINK_MTU_V6.label(), mtu);
        final Map<String, Integer> found = new LinkedHashMap<>();
        observer.connections(connection -> {
            if (found.size() < SHORT_PATHS && connection.handle() != 0 && connection.timeouts() == 0
                    && connection.pathMtu() < (connection.remoteAddress() instanceof Inet6Address ? mtuV6 : mtuV4)
                    && own.stream().anyMatch(prefix -> prefix.contains(connection.remoteAddress()))) {
                found.put(IpAddress.toString(connection.remoteAddress()), connection.pathMtu());
            }
        });
        return found;
    }

    private static double stolen() {
        try {
            final String line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
            final String[] fields = line.trim().split("\\s+");
            double all = 0;
            for (int i = 1; i < fields.length; i++) {
                all += Long.parseLong(fields[i]);
            }
            return fields.length > STEAL && all > 0 ? Long.parseLong(fields[STEAL]) / all : 0;
        } catch (final IOException e) {
            return 0;
        }
    }
}
