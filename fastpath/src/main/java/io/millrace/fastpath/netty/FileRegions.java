package io.millrace.fastpath.netty;

import io.netty.channel.DefaultFileRegion;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Looks into Netty's file regions, as its native transports do: the file can be read at any place, into memory of the
 * reader's choice, where {@code transferTo} goes through a buffer of its own. Where a module keeps its fields to itself
 * there is nothing to see. Thread: any.
 */
final class FileRegions {
    @Nullable
    private static final VarHandle FILE = field("file", FileChannel.class);
    @Nullable
    private static final VarHandle TRANSFERRED = field("transferred", long.class);

    private FileRegions() {}

    @Nullable
    private static VarHandle field(final String name, final Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(DefaultFileRegion.class, MethodHandles.lookup())
                    .findVarHandle(DefaultFileRegion.class, name, type);
        } catch (final ReflectiveOperationException e) {
            return null;
        }
    }

    /** The open file of an open region; null where that cannot be seen. */
    @Nullable
    static FileChannel file(final DefaultFileRegion region) {
        return FILE == null || TRANSFERRED == null ? null : (FileChannel) FILE.get(region);
    }

    /** So many bytes more were sent. */
    static void onTransferred(final DefaultFileRegion region, final int bytes) {
        TRANSFERRED.set(region, region.transferred() + bytes);
    }
}
