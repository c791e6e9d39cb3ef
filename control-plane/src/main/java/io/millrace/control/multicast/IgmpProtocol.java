package io.millrace.control.multicast;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** IGMP (RFC 3376; RFC 2236 and RFC 1112 where an older router asks). Thread: who holds the membership's lock. */
final class IgmpProtocol extends ReportWriter {
    /** All hosts, which every host is a member of and nobody reports (RFC 3376 §5). */
    private static final GroupAddress ALL_HOSTS = GroupAddress.v4(0xE000_0001);
    private static final int ALL_ROUTERS = 0xE000_0002;
    /** 224.0.0.22, RFC 3376 §4.2.14. */
    private static final int VERSION_3_ROUTERS = 0xE000_0016;
    private static final int ADDRESS_LENGTH = 4;
    private static final long TENTH_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EngineCommands engine;
    private final LinkRoutes routes;
    private final ControlCounters counters;
    private final IgmpMessage received = new IgmpMessage();

    IgmpProtocol(final EngineCommands engine, final LinkRoutes routes, final ControlCounters counters) {
        super("IGMP message", EngineCommands.MAX_IGMP_LENGTH, IgmpMessage.MIN_LENGTH, IgmpMessage.RECORD_LENGTH,
                ADDRESS_LENGTH);
        this.engine = engine;
        this.routes = routes;
        this.counters = counters;
    }

    @Override
    public IgmpMessage received() {
        return received;
    }

    @Override
    public Kind kind() {
        return switch (received.type()) {
            case IgmpMessage.QUERY -> Kind.QUERY;
            case IgmpMessage.V1_REPORT, IgmpMessage.V2_REPORT -> Kind.OLD_REPORT;
            default -> Kind.OTHER;
        };
    }

    @Override
    public int queryVersion() {
        return received.queryVersion();
    }

    @Override
    public @Nullable GroupAddress group() {
        return received.group() == 0 ? null : GroupAddress.v4(received.group());
    }

    @Override
    public long maxResponseNs() {
        return received.maxResponseTenths() * TENTH_NS;
    }

    @Override
    public GroupAddress source(final int index) {
        return GroupAddress.v4(received.source(index));
    }

    @Override
    public boolean isReported(final GroupAddress group) {
        return !group.equals(ALL_HOSTS);
    }

    @Override
    public void reportOld(final int version, final GroupAddress group) {
        IgmpMessage.write(message.address(), version == 1 ? IgmpMessage.V1_REPORT : IgmpMessage.V2_REPORT,
                group.toV4());
        send(group.toV4(), IgmpMessage.MIN_LENGTH, ControlCounter.IGMP_REPORTS_SENT);
    }

    @Override
    public void leave(final GroupAddress group) {
        IgmpMessage.write(message.address(), IgmpMessage.V2_LEAVE, group.toV4());
        send(ALL_ROUTERS, IgmpMessage.MIN_LENGTH, ControlCounter.IGMP_LEAVES_SENT);
    }

    @Override
    void writeHeader(final long address) {
        IgmpMessage.beginReport(address);
    }

    @Override
    void writeRecord(final long record, final int recordType, final int sources, final GroupAddress group) {
        IgmpMessage.writeRecord(record, recordType, sources, group.toV4());
    }

    @Override
    void writeAddress(final long address, final GroupAddress source) {
        Memory.putIntBE(address, source.toV4());
    }

    @Override
    void sendReport(final int reportRecords, final int reportLength) {
        IgmpMessage.finishReport(message.address(), reportRecords, reportLength);
        send(VERSION_3_ROUTERS, reportLength, ControlCounter.IGMP_REPORTS_SENT);
    }

    @Override
    public void countQuery() {
        counters.increment(ControlCounter.IGMP_QUERIES_RECEIVED);
    }

    @Override
    public void countReportHeard() {
        counters.increment(ControlCounter.IGMP_REPORTS_HEARD);
    }

    @Override
    public void countIgnored() {
        counters.increment(ControlCounter.IGMP_IGNORED);
    }

    private void send(final int destination, final int bytes, final ControlCounter counter) {
        final int source = IpAddress.toV4(routes.current().groupSourceLo(0, IpAddress.v4(destination)));
        if (engine.transmitIgmp(routes.link(), source, destination, message.address(), bytes)) {
            counters.increment(counter);
        }
    }
}
