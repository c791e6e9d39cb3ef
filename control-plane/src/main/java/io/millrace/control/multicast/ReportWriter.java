package io.millrace.control.multicast;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IgmpMessage;
import java.util.Collection;
import java.util.Iterator;

/**
 * Fills reports of the newest version with records, as many as fit into a message each (RFC 3376 §4.2.16, RFC 3810
 * §5.2.15). Thread: who holds the membership's lock.
 */
abstract class ReportWriter implements MembershipProtocol {
    final MemoryRegion message;
    private final int maxLength;
    private final int headerLength;
    private final int recordLength;
    private final int addressLength;
    private int records;
    private int length;

    ReportWriter(final String name, final int maxLength, final int headerLength, final int recordLength,
            final int addressLength) {
        this.maxLength = maxLength;
        this.headerLength = headerLength;
        this.recordLength = recordLength;
        this.addressLength = addressLength;
        message = MemoryRegion.allocate(name, maxLength);
    }

    abstract void writeHeader(long address);

    abstract void writeRecord(long record, int recordType, int sources, GroupAddress group);

    abstract void writeAddress(long address, GroupAddress source);

    /** Sends what is written, with as many records. */
    abstract void sendReport(int reportRecords, int reportLength);

    @Override
    public void begin() {
        writeHeader(message.address());
        records = 0;
        length = headerLength;
    }

    @Override
    public void add(final int recordType, final GroupAddress group, final Collection<GroupAddress> sources) {
        if (length + recordLength + sources.size() * addressLength > maxLength) {
            end();
            begin();
        }
        final boolean excludes = recordType == IgmpMessage.MODE_IS_EXCLUDE
                || recordType == IgmpMessage.CHANGE_TO_EXCLUDE;
        final Iterator<GroupAddress> rest = sources.iterator();
        int left = sources.size() - write(recordType, group, sources.size(), rest);
        // of sources to exclude only as many as fit can be named: the others come too
        while (left > 0 && !excludes) {
            end();
            begin();
            left -= write(recordType, group, left, rest);
        }
    }

    /** Returns how many of the sources had room. */
    private int write(final int recordType, final GroupAddress group, final int sources,
            final Iterator<GroupAddress> rest) {
        final long record = message.address() + length;
        final int room = (maxLength - length - recordLength) / addressLength;
        final int written = Math.min(sources, room);
        writeRecord(record, recordType, written, group);
        for (int i = 0; i < written; i++) {
            writeAddress(record + recordLength + (long) i * addressLength, rest.next());
        }
        length += recordLength + written * addressLength;
        records++;
        return written;
    }

    @Override
    public void end() {
        if (records > 0) {
            sendReport(records, length);
        }
    }

    @Override
    public void close() {
        message.close();
    }
}
