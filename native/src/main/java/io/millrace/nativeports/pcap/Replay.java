package io.millrace.nativeports.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A capture file, read.
 *
 * @param frames      to come in; closed by whoever has this.
 * @param survey      of the file.
 */
record Replay(Recording frames, Survey survey) {
    /** More than this is not held in memory. */
    private static final long LARGEST_FILE = 1L << 30;

    /** @throws IOException one sentence: what is wrong with the file, and what to do. */
    static Replay read(final PcapSpec spec) throws IOException {
        try {
            return read(whole(spec.file()), spec);
        } catch (final MalformedCaptureException e) {
            throw new IOException("cannot replay " + spec.file() + ": " + e.getMessage(), e);
        } catch (final NoSuchFileException e) {
            throw new IOException("cannot replay " + spec.file() + ": there is no such file", e);
        }
    }

    static Replay read(final ByteBuffer file, final PcapSpec spec) throws MalformedCaptureException {
        final Survey survey = new Survey(file);
        CaptureFormat.read(file, survey);
        final Recording frames = new Recording(survey.bytes());
        final byte[] bytes = new byte[survey.longest()];
        CaptureFormat.read(file, packet -> {
            if (survey.isForUs(packet) && Survey.isUsable(packet)) {
                file.get(packet.position(), bytes, 0, packet.length());
                frames.add(bytes, packet.length(), dueNs(packet.timeNs() - survey.firstTimeNs(), spec),
                        packet.unfinished());
            }
        });
        return new Replay(frames, survey);
    }

    private static long dueNs(final long sinceFirstNs, final PcapSpec spec) {
        final double scaledNs = Math.max(0, sinceFirstNs) / spec.speed();
        return spec.afterNs() + (long) Math.min(scaledNs, Long.MAX_VALUE / 4);
    }

    private static ByteBuffer whole(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final long length = Files.isDirectory(file) ? -1 : channel.size();
            if (length < 0 || length > LARGEST_FILE) {
                throw new MalformedCaptureException(length < 0
                        ? "it is a directory"
                        : "it has " + length + " bytes, where " + LARGEST_FILE
                                + " are the most that are held in memory; split it, e.g. with `editcap -c`");
            }
            final ByteBuffer bytes = ByteBuffer.allocate((int) length);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            return bytes.flip();
        }
    }
}
