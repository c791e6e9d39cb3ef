package io.millrace.observe;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The bytes in which a stack shows itself: a file mapped into memory, or memory of the process alone. Access is checked;
 * once closed it throws {@link IllegalStateException}, it does not end the JVM. Thread: any.
 */
public final class ObservationMemory implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.nativeOrder());
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.nativeOrder());
    private static final VarHandle LONGS = LONG.varHandle();
    private static final int CHUNK = 64 * 1024;

    private final Arena arena;
    private final MemorySegment segment;

    private ObservationMemory(final Arena arena, final MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /** Zeroed memory of this process. */
    public static ObservationMemory allocate(final long length) {
        final Arena arena = Arena.ofShared();
        return new ObservationMemory(arena, arena.allocate(length, 64));
    }

    /**
     * A new file of zeros that its owner alone can open. Every byte is written before it is mapped: where there is no room
     * for them, that is an exception here, and not the end of the JVM later.
     */
    public static ObservationMemory create(final Path file, final long length) throws IOException {
        final Path made = Files.createFile(file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
            for (long written = 0; written < length;) {
                zeros.clear().limit((int) Math.min(CHUNK, length - written));
                written += channel.write(zeros);
            }
            return map(channel, length);
        } catch (final IOException | RuntimeException | Error e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }

    /**
     * An existing file.
     *
     * @throws IOException one sentence: why it cannot be read.
     */
    public static ObservationMemory map(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final long length = channel.size();
            if (length < FileLayout.HEADER_LENGTH) {
                throw new EOFException(file + " is not the file of a stack: it is too short");
            }
            final ObservationMemory memory = map(channel, length);
            try {
                memory.check(file, length);
            } catch (final IOException e) {
                memory.close();
                throw e;
            }
            return memory;
        } catch (final NoSuchFileException e) {
            throw new IOException(file + ": no such file; the stack that it belonged to is closed", e);
        }
    }

    private static ObservationMemory map(final FileChannel channel, final long length) throws IOException {
        final Arena arena = Arena.ofShared();
        try {
            return new ObservationMemory(arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, length, arena));
        } catch (final IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void check(final Path file, final long length) throws IOException {
        if (getLong(FileLayout.MAGIC_OFFSET) != FileLayout.MAGIC) {
            throw new IOException(file + " is not the file of a stack, or not complete yet");
        }
        final int version = getInt(FileLayout.VERSION_OFFSET);
        if (version != FileLayout.VERSION) {
            throw new IOException(file + " has layout " + version + ", and this Millrace reads layout "
                    + FileLayout.VERSION + ": use the millrace command of the version that runs there");
        }
        if (getLong(FileLayout.FILE_LENGTH) != length) {
            throw new IOException(file + " is damaged: " + length + " bytes long, not "
                    + getLong(FileLayout.FILE_LENGTH));
        }
    }

    /** Address of the first byte, for who writes without checks, and ends before this is closed. */
    public long address() {
        return segment.address();
    }

    public int getInt(final long offset) {
        return segment.get(INT, offset);
    }

    public void putInt(final long offset, final int value) {
        segment.set(INT, offset, value);
    }

    /** Whole, and at some time after it was written. */
    public long getLong(final long offset) {
        return (long) LONGS.getOpaque(segment, offset);
    }

    public void putLong(final long offset, final long value) {
        LONGS.setOpaque(segment, offset, value);
    }

    /** What was written before the value was released is seen after this. */
    public long getLongAcquire(final long offset) {
        return (long) LONGS.getAcquire(segment, offset);
    }

    /** Written after everything before. */
    public void putLongRelease(final long offset, final long value) {
        LONGS.setRelease(segment, offset, value);
    }

    public boolean compareAndSetLong(final long offset, final long expected, final long value) {
        return LONGS.compareAndSet(segment, offset, expected, value);
    }

    /** A copy of some bytes, in host order. */
    public ByteBuffer copy(final long offset, final int length) {
        final byte[] bytes = new byte[length];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    public String getText(final long offset, final int length) {
        return new String(copy(offset, length).array(), StandardCharsets.UTF_8);
    }

    public void putBytes(final long offset, final byte[] bytes, final int length) {
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, offset, length);
    }

    /** True once it was given back. */
    public boolean isClosed() {
        return !segment.scope().isAlive();
    }

    /** Gives the memory back; the file stays. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        if (segment.scope().isAlive()) {
            arena.close();
        }
    }
}
