package io.millrace.doctor;

import io.millrace.fastpath.counters.LoopTimes;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.observe.Metadata;
import io.millrace.observe.Metadata.Kind;
import io.millrace.observe.ObservedNeighbour;
import io.millrace.observe.Observer;
import io.millrace.observe.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a running stack is like. Immutable. Thread: any.
 *
 * @param values          counters and gauges of the whole stack by name; what a counter of this build is missing there is 0.
 * @param looks           the clock of each engine when it last wrote its gauges, in nanoseconds.
 * @param nowNs           the same clock now.
 * @param loopTimes       times between turns of all engines, {@link Observer#loopTimes}.
 * @param neighbours      as asked for.
 * @param ownAddresses    of the stack.
 * @param kernelAddresses that the kernel has in the network namespace of the device.
 * @param shortPaths      peers on the stack's own link, each with its path MTU, where that is below the port's.
 * @param metadata        what the stack says about itself.
 * @param stolenShare     of the machine's processor time that a hypervisor took since it started, 0 to 1.
 */
record Reports(Map<String, Long> values, List<Long> looks, long nowNs, long[] loopTimes,
        List<ObservedNeighbour> neighbours, Set<InetAddress> ownAddresses, Set<InetAddress> kernelAddresses,
        Map<String, Integer> shortPaths, Metadata metadata, double stolenShare) {

    /** Counters since the stack started. @throws IOException one sentence: the stack does not answer. */
    static Reports read(final Observer observer, final List<PacketDeviceProvider> providers) throws IOException {
        return ReportReader.read(observer, new DeviceHost(providers));
    }

    /** The same, with the counters and times of the loop since an earlier look at the same stack. */
    Reports since(final Reports before, final Observer observer) {
        final Map<String, Long> differences = new HashMap<>(values);
        observer.readings().stream().filter(reading -> reading.described().kind() == Kind.COUNT).map(Reading::label)
                .distinct().forEach(label -> differences.merge(label, -before.value(label), Long::sum));
        final long[] times = new long[LoopTimes.BUCKETS];
        for (int i = 0; i < times.length; i++) {
            times[i] = loopTimes[i] - before.loopTimes[i];
        }
        return new Reports(differences, looks, nowNs, times, neighbours, ownAddresses, kernelAddresses, shortPaths,
                metadata, stolenShare);
    }

    /** A counter or gauge; 0 where there is none of this name. */
    long value(final String label) {
        return values.getOrDefault(label, 0L);
    }

    /** Neighbours in a state. */
    List<String> neighboursIn(final String state) {
        final List<String> found = new ArrayList<>();
        for (final ObservedNeighbour neighbour : neighbours) {
            if (neighbour.state().equals(state)) {
                found.add(neighbour.address());
            }
        }
        return found;
    }
}
