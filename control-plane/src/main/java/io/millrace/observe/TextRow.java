package io.millrace.observe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record of the control plane's mailbox: {@code name=value} pairs, separated by tabs. A later version may have more of
 * them. Thread: any.
 */
public final class TextRow {
    private static final int MOST = FileLayout.TEXT_RECORD_LENGTH - FileLayout.TEXT;

    private TextRow() {}

    /** The pairs as bytes; what does not fit is left out, a pair at a time. */
    public static byte[] encode(final Map<String, String> pairs) {
        final StringBuilder text = new StringBuilder();
        for (final Map.Entry<String, String> pair : pairs.entrySet()) {
            final String next = pair.getKey() + '=' + pair.getValue().replace('\t', ' ') + '\t';
            if ((text + next).getBytes(StandardCharsets.UTF_8).length <= MOST) {
                text.append(next);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The opposite of {@link #encode}, from a record. */
    static Map<String, String> decode(final ByteBuffer record) {
        final byte[] bytes = new byte[Math.clamp(record.getInt(0), 0, MOST)];
        record.get(FileLayout.TEXT, bytes);
        final Map<String, String> pairs = new LinkedHashMap<>();
        for (final String pair : new String(bytes, StandardCharsets.UTF_8).split("\t")) {
            final int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return pairs;
    }
}
