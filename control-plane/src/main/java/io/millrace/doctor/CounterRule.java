package io.millrace.doctor;

import io.millrace.config.ConfigKey;
import io.millrace.config.EngineKeys;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.ListenKeys;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.PortKeys;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.counters.ControlCounter;
import io.millrace.fastpath.counters.Counter;
import java.util.List;
import java.util.Optional;

/**
 * A counter that should stay 0, and what to do where it does not.
 *
 * @param symptom what it shows.
 * @param counter its name.
 * @param text    what it counts.
 * @param remedy  what to do.
 */
record CounterRule(Symptom symptom, String counter, String text, String remedy) {

    /** All of them. */
    static final List<CounterRule> ALL = List.of(
    // @formatter:off
            of(Symptom.ACCEPT_QUEUE_OVERFLOWED, ControlCounter.LISTEN_OVERFLOWS,
                    "Accept connections faster, or raise " + ListenKeys.MAX_BACKLOG
                            + " and the backlog that the application asks for (" + ListenKeys.BACKLOG
                            + "); `millrace listeners` shows which queue is full."),
            of(Symptom.SYN_QUEUE_OVERFLOWED, ControlCounter.SYN_QUEUE_FULL, raise(ListenKeys.SYN_QUEUE)
                    + " A flood of SYNs is answered with cookies where they are on."),
            of(Symptom.TABLE_FULL, Counter.TCP_TABLE_FULL, raise(EngineKeys.MAX_CONNECTIONS)),
            of(Symptom.TABLE_FULL, Counter.TIME_WAIT_OVERFLOW, raise(EngineKeys.MAX_TIME_WAIT)),
            of(Symptom.TABLE_FULL, Counter.TCP_TOO_MANY_ORPHANS, raise(EngineKeys.MAX_ORPHANS)),
            of(Symptom.TABLE_FULL, Counter.NEIGHBOUR_TABLE_FULL, raise(NeighbourKeys.CACHE_SIZE)),
            of(Symptom.TABLE_FULL, ControlCounter.NEIGHBOUR_CACHE_FULL, raise(NeighbourKeys.CACHE_SIZE)),
            of(Symptom.TABLE_FULL, Counter.NEIGHBOUR_QUEUE_FULL, raise(NeighbourKeys.QUEUE)),
            of(Symptom.BUFFER_FULL, Counter.TCP_SLAB_FULL, raise(EngineKeys.SLAB)),
            of(Symptom.BUFFER_FULL, Counter.UDP_SLAB_FULL, raise(EngineKeys.DATAGRAMS)),
            of(Symptom.BUFFER_FULL, Counter.UDP_BUFFER_FULL,
                    "Read datagrams faster, or give the endpoint a larger SO_RCVBUF."),
            of(Symptom.BUFFER_FULL, Counter.UDP_INBOX_FULL,
                    "The engine that owns the endpoint is too busy: have more " + ThreadingKeys.ENGINES
                            + ", or more endpoints on other ports."),
            of(Symptom.BUFFER_FULL, Counter.IP_REASSEMBLY_EVICTED, raise(IpKeys.REASSEMBLY_MEMORY)),
            of(Symptom.BUFFER_FULL, Counter.TRANSMIT_NO_FRAME, raise(PortKeys.FRAMES)),
            of(Symptom.BUFFER_FULL, Counter.TRANSMIT_QUEUE_FULL,
                    "The port takes frames more slowly than they are sent: pace them (millrace.tcp.pacing), or raise "
                            + EngineKeys.BURST + '.'),
            of(Symptom.PORTS_EXHAUSTED, Counter.TCP_NO_EPHEMERAL_PORT, "Widen " + EphemeralPortKeys.LOW + " to "
                    + EphemeralPortKeys.HIGH + ", add an address, or keep connections open for longer."),
            of(Symptom.CONTROL_PLANE_BEHIND, Counter.EVENTS_LOST,
                    "Give its thread a core of its own, or look for what keeps it busy (ARP or ND floods)."),
            of(Symptom.CONTROL_PLANE_BEHIND, ControlCounter.COMMANDS_REFUSED,
                    "Give the loops cores of their own: an engine takes 16 commands a turn."),
            of(Symptom.ADDRESS_CONFLICT, ControlCounter.ADDRESS_CONFLICTS, "Give one of both hosts another address ("
                    + IpKeys.ADDRESSES + "); the log names the other one's link-layer address."),
            of(Symptom.DEFECT, Counter.EXCEPTIONS,
                    "The log has the first one of each place; where it is no handler of yours, please report it."),
            of(Symptom.DEFECT, ControlCounter.CONTROL_EXCEPTIONS,
                    "The log has the first one of each place; please report it."));
    // @formatter:on

    private static CounterRule of(final Symptom symptom, final Counter counter, final String remedy) {
        return new CounterRule(symptom, counter.label(), counter.text(), remedy);
    }

    private static CounterRule of(final Symptom symptom, final ControlCounter counter, final String remedy) {
        return new CounterRule(symptom, counter.label(), counter.text(), remedy);
    }

    private static String raise(final ConfigKey<?> key) {
        return "Raise " + key + '.';
    }

    Optional<Finding> apply(final Reports reports) {
        final long value = reports.value(counter);
        return value == 0
                ? Optional.empty()
                : Optional.of(new Finding(symptom, counter + " counts " + value + ": " + text + '.', remedy));
    }
}
