package io.millrace.fastpath.netty;

import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
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
    @Nullable
    private static final VarHandle NAME = field("f", File.class);
    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

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

    /**
     * Opens the file of a region where it is not open, for the region to close. By the way of {@code java.nio.file}: that
     * of the region itself leaves more garbage, which with the JDK's own of a first read is more than of {@code sendfile}.
     *
     * @throws IOException the region's own, where the file cannot be opened.
     */
    static void open(final DefaultFileRegion region) throws IOException {
        if (FILE != null && NAME != null && !region.isOpen() && region.refCnt() > 0) {
            try {
                FILE.set(region, FileChannel.open(((File) NAME.get(region)).toPath(), READ, NO_ATTRIBUTES));
            } catch (final IOException | InvalidPathException e) {
                // the region says it in its own words
                region.open();
            }
        } else {
            region.open();
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
