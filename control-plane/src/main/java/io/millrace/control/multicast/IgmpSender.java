package io.millrace.control.multicast;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Collection;
import java.util.Iterator;

/** Writes IGMP messages and hands them to an engine. Thread: who holds the membership's lock. */
final class IgmpSender implements AutoCloseable {
    private static final int ALL_ROUTERS = 0xE000_0002;
    /** 224.0.0.22, RFC 3376 §4.2.14. */
    private static final int VERSION_3_ROUTERS = 0xE000_0016;
    private static final int ADDRESS_LENGTH = 4;

    private final EngineCommands engine;
    private final PublishedRoutes routes;
    private final ControlCounters counters;
    private final MemoryRegion message = MemoryRegion.allocate("IGMP message", EngineCommands.MAX_IGMP_LENGTH);
    private int records;
    private int length;

    IgmpSender(final EngineCommands engine, final PublishedRoutes routes, final ControlCounters counters) {
        this.engine = engine;
        this.routes = routes;
        this.counters = counters;
    }

    /** A report of version 1 or 2. */
    void reportOld(final int version, final int group) {
        IgmpMessage.write(message.address(), version == 1 ? IgmpMessage.V1_REPORT : IgmpMessage.V2_REPORT, group);
        send(group, IgmpMessage.MIN_LENGTH, ControlCounter.IGMP_REPORTS_SENT);
    }

    /** A leave of version 2. */
    void leave(final int group) {
        IgmpMessage.write(message.address(), IgmpMessage.V2_LEAVE, group);
        send(ALL_ROUTERS, IgmpMessage.MIN_LENGTH, ControlCounter.IGMP_LEAVES_SENT);
    }

    /** Begins a report of version 3. */
    void begin() {
        IgmpMessage.beginReport(message.address());
        records = 0;
        length = IgmpMessage.MIN_LENGTH;
    }

    /** Adds a record, without a source or with some; what does not fit goes into another report (RFC 3376 §4.2.16). */
    void add(final int recordType, final int group, final Collection<Integer> sources) {
        if (length + IgmpMessage.RECORD_LENGTH + sources.size() * ADDRESS_LENGTH > EngineCommands.MAX_IGMP_LENGTH) {
            end();
            begin();
        }
        final boolean excludes = recordType == IgmpMessage.MODE_IS_EXCLUDE
                || recordType == IgmpMessage.CHANGE_TO_EXCLUDE;
        final Iterator<Integer> rest = sources.iterator();
        int left = sources.size() - writeRecord(recordType, group, sources.size(), rest);
        // of sources to exclude only as many as fit can be named: the others come too
        while (left > 0 && !excludes) {
            end();
            begin();
            left -= writeRecord(recordType, group, left, rest);
        }
    }

    /** Returns how many of the sources had room. */
    private int writeRecord(final int recordType, final int group, final int sources, final Iterator<Integer> rest) {
        final long record = message.address() + length;
        final int room = (EngineCommands.MAX_IGMP_LENGTH - length - IgmpMessage.RECORD_LENGTH) / ADDRESS_LENGTH;
        final int written = Math.min(sources, room);
        IgmpMessage.writeRecord(record, recordType, written, group);
        for (int i = 0; i < written; i++) {
            Memory.putIntBE(record + IgmpMessage.RECORD_LENGTH + (long) i * ADDRESS_LENGTH, rest.next());
        }
        length += IgmpMessage.RECORD_LENGTH + written * ADDRESS_LENGTH;
        records++;
        return written;
    }

    /** Sends the report, if it says anything. */
    void end() {
        if (records > 0) {
            IgmpMessage.finishReport(message.address(), records, length);
            send(VERSION_3_ROUTERS, length, ControlCounter.IGMP_REPORTS_SENT);
        }
    }

    @Override
    public void close() {
        message.close();
    }

    private void send(final int destination, final int bytes, final ControlCounter counter) {
        final int source = IpAddress.toV4(routes.current().groupSourceLo(0, IpAddress.v4(destination)));
        if (engine.transmitIgmp(source, destination, message.address(), bytes)) {
            counters.increment(counter);
        }
    }
}
