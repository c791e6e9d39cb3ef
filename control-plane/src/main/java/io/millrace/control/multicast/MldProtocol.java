package io.millrace.control.multicast;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MldMessage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * MLD (RFC 3810, and RFC 2710 where an older router asks). Sent from a link-local address, or from none while there is
 * none in use (RFC 3590). Thread: who holds the membership's lock.
 */
final class MldProtocol extends ReportWriter {
    private static final long LINK_SCOPE_HI = 0xff02L << 48;
    private static final long ALL_NODES_LO = 1;
    private static final long ALL_ROUTERS_LO = 2;
    /** ff02::16, RFC 3810 §5.2.14. */
    private static final long VERSION_2_ROUTERS_LO = 0x16;
    private static final int SCOPE_LINK = 2;
    /** For a link destination: what follows from the group. */
    private static final long OF_GROUP = 0;

    private final EngineCommands engine;
    private final LinkRoutes routes;
    private final ControlCounters counters;
    private final MldMessage received = new MldMessage();

    MldProtocol(final EngineCommands engine, final LinkRoutes routes, final ControlCounters counters) {
        super("MLD message", EngineCommands.MAX_ICMPV6_LENGTH, MldMessage.V2_REPORT_LENGTH, MldMessage.RECORD_LENGTH,
                MldMessage.ADDRESS_LENGTH);
        this.engine = engine;
        this.routes = routes;
        this.counters = counters;
    }

    @Override
    public MldMessage received() {
        return received;
    }

    @Override
    public Kind kind() {
        return switch (received.type()) {
            case MldMessage.QUERY -> Kind.QUERY;
            case MldMessage.V1_REPORT -> Kind.OLD_REPORT;
            default -> Kind.OTHER;
        };
    }

    @Override
    public int queryVersion() {
        return received.queryVersion() == 0 ? 0 : received.queryVersion() + 1;
    }

    @Override
    public @Nullable GroupAddress group() {
        return (received.groupHi() | received.groupLo()) == 0
                ? null
                : new GroupAddress(received.groupHi(), received.groupLo());
    }

    @Override
    public long maxResponseNs() {
        return TimeUnit.MILLISECONDS.toNanos(received.maxResponseMs());
    }

    @Override
    public GroupAddress source(final int index) {
        return new GroupAddress(received.sourceHi(index), received.sourceLo(index));
    }

    /** {@inheritDoc} All nodes, and scopes within the host (RFC 3810 §6). */
    @Override
    public boolean isReported(final GroupAddress group) {
        return (group.hi() >>> 48 & 0xf) >= SCOPE_LINK && !(group.hi() == LINK_SCOPE_HI && group.lo() == ALL_NODES_LO);
    }

    @Override
    public void reportOld(final int version, final GroupAddress group) {
        MldMessage.write(message.address(), MldMessage.V1_REPORT, group.hi(), group.lo());
        send(group.hi(), group.lo(), MldMessage.V1_LENGTH, ControlCounter.MLD_REPORTS_SENT);
    }

    @Override
    public void leave(final GroupAddress group) {
        MldMessage.write(message.address(), MldMessage.V1_DONE, group.hi(), group.lo());
        send(LINK_SCOPE_HI, ALL_ROUTERS_LO, MldMessage.V1_LENGTH, ControlCounter.MLD_DONES_SENT);
    }

    @Override
    void writeHeader(final long address) {
        MldMessage.beginReport(address);
    }

    @Override
    void writeRecord(final long record, final int recordType, final int sources, final GroupAddress group) {
        MldMessage.writeRecord(record, recordType, sources, group.hi(), group.lo());
    }

    @Override
    void writeAddress(final long address, final GroupAddress source) {
        Memory.putLongBE(address, source.hi());
        Memory.putLongBE(address + 8, source.lo());
    }

    @Override
    void sendReport(final int reportRecords, final int reportLength) {
        MldMessage.finishReport(message.address(), reportRecords);
        send(LINK_SCOPE_HI, VERSION_2_ROUTERS_LO, reportLength, ControlCounter.MLD_REPORTS_SENT);
    }

    @Override
    public void countQuery() {
        counters.increment(ControlCounter.MLD_QUERIES_RECEIVED);
    }

    @Override
    public void countReportHeard() {
        counters.increment(ControlCounter.MLD_REPORTS_HEARD);
    }

    @Override
    public void countIgnored() {
        counters.increment(ControlCounter.MLD_IGNORED);
    }

    private void send(final long destinationHi, final long destinationLo, final int bytes,
            final ControlCounter counter) {
        final RouteTable table = routes.current();
        final long sourceHi = table.groupSourceHi(LINK_SCOPE_HI, ALL_ROUTERS_LO);
        final boolean linkLocal = IpAddress.isLinkLocal(sourceHi);
        if (engine.transmitIcmpv6(routes.link(), linkLocal ? sourceHi : 0,
                linkLocal ? table.groupSourceLo(LINK_SCOPE_HI, ALL_ROUTERS_LO) : 0, destinationHi, destinationLo,
                OF_GROUP, 1, true, message.address(), bytes)) {
            counters.increment(counter);
        }
    }
}
