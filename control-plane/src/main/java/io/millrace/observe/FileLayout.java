package io.millrace.observe;

import io.millrace.fastpath.counters.Mailbox;

/**
 * Layout of the file in which a stack shows itself: offsets in bytes, numbers in host order.
 * <p>
 * A header of {@value #HEADER_LENGTH} bytes says where everything else lies, so that another version of Millrace finds its
 * way as long as {@link #VERSION} is the same: the metadata (UTF-8 lines, {@link Metadata}), the counters of the control
 * plane, the mailbox of the control plane (records of text), then one area for each engine
 * ({@link io.millrace.fastpath.counters.EngineArea}). Counters and gauges are described by the metadata and may differ
 * between builds; whoever changes anything else changes {@link #VERSION}. Thread: any.
 */
public final class FileLayout {
    /** {@code MILLRACE} in ASCII. */
    public static final long MAGIC = 0x4543_4152_4C4C_494DL;
    /** Changed with every change of the layout that the header and the metadata do not tell. */
    public static final int VERSION = 3;
    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 256;

    public static final int MAGIC_OFFSET = 0;
    public static final int VERSION_OFFSET = 8;
    public static final int ENGINES = 12;
    /** Of the process, a long. */
    public static final int PID = 16;
    /** When the process started, as {@link ProcessIdentity} tells: a process with the same id later is another one. */
    public static final int PROCESS_START = 24;
    /** When the stack started, in milliseconds since 1970, a long. */
    public static final int STACK_START = 32;
    /** One of {@code STATE_...}, a long. */
    public static final int STATE = 40;
    /** Of the whole file, a long. */
    public static final int FILE_LENGTH = 48;
    public static final int METADATA = 56;
    public static final int METADATA_LENGTH = 60;
    public static final int CONTROL_COUNTERS = 64;
    public static final int CONTROL_MAILBOX = 68;
    /** Offset of the first engine's area, and the distance from one to the next. */
    public static final int FIRST_AREA = 72;
    public static final int AREA_LENGTH = 76;
    /** Offsets within an area. */
    public static final int AREA_COUNTERS = 80;
    public static final int AREA_GAUGES = 84;
    public static final int AREA_LOOP = 88;
    public static final int AREA_MAILBOX = 92;
    /** The control plane's clock when it last wrote its counters, in nanoseconds, a long. */
    public static final int CONTROL_LOOK = 96;

    /** Namespace of process ids that {@link #PID} belongs to, a long; 0 where the system has none. */
    public static final int PID_NAMESPACE = 104;

    public static final long STATE_LIVE = 1;
    public static final long STATE_CLOSED = 2;

    /** What the control plane's mailbox can be asked for. */
    public static final long KIND_LISTENERS = 1;
    public static final long KIND_NEIGHBOURS = 2;
    public static final long KIND_ROUTES = 3;

    /** A record of the control plane's mailbox: bytes of its text, an int, then the text, UTF-8. */
    public static final int TEXT_RECORD_LENGTH = 512;
    public static final int TEXT = 4;
    public static final int TEXT_RECORDS = 128;
    /** Bytes of the control plane's mailbox. */
    public static final int CONTROL_MAILBOX_LENGTH = Mailbox.lengthFor(TEXT_RECORDS, TEXT_RECORD_LENGTH);

    private FileLayout() {}

    /** The next multiple of 64. */
    public static int align(final int offset) {
        return offset + 63 & -64;
    }
}
