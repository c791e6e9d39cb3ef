package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.TcpOption.Block;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** TCP options as bytes and back. Pure functions. */
final class OptionCodec {
    private static final int EOL = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int FAST_OPEN = 34;
    private static final long MASK = 0xFFFF_FFFFL;

    private OptionCodec() {}

    /** Option by option, filled up with EOL to a multiple of 4 bytes. */
    static byte[] encode(final List<TcpOption> options) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        options.forEach(option -> bytes.writeBytes(encode(option)));
        return Arrays.copyOf(bytes.toByteArray(), bytes.size() + 3 & ~3);
    }

    private static byte[] encode(final TcpOption option) {
        return switch (option) {
            case TcpOption.Eol _ -> new byte[]{EOL};
            case TcpOption.Nop _ -> new byte[]{NOP};
            case TcpOption.Mss mss -> kind(MSS, ByteBuffer.allocate(2).putShort((short) mss.value()));
            case TcpOption.WindowScale scale -> kind(WINDOW_SCALE, ByteBuffer.allocate(1).put((byte) scale.value()));
            case TcpOption.SackPermitted _ -> kind(SACK_PERMITTED, ByteBuffer.allocate(0));
            case TcpOption.Sack sack -> {
                final ByteBuffer data = ByteBuffer.allocate(8 * sack.blocks().size());
                sack.blocks().forEach(block -> data.putInt((int) block.left()).putInt((int) block.right()));
                yield kind(SACK, data);
            }
            case TcpOption.Timestamps times -> kind(TIMESTAMPS,
                    ByteBuffer.allocate(8).putInt((int) times.value()).putInt((int) times.echo()));
            case TcpOption.FastOpen open -> kind(FAST_OPEN,
                    ByteBuffer.wrap(HexFormat.of().parseHex(open.cookie())));
            case TcpOption.Unknown unknown -> kind(unknown.kind(), ByteBuffer.wrap(unknown.data()));
        };
    }

    private static byte[] kind(final int kind, final ByteBuffer data) {
        final byte[] bytes = data.array();
        return ByteBuffer.allocate(2 + bytes.length).put((byte) kind).put((byte) (2 + bytes.length)).put(bytes).array();
    }

    /** Reads options. @throws AssertionError where a length is wrong. */
    static List<TcpOption> decode(final byte[] bytes) {
        final List<TcpOption> options = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (bytes[at] == EOL || bytes[at] == NOP) {
                options.add(bytes[at] == EOL ? new TcpOption.Eol() : new TcpOption.Nop());
                at++;
                continue;
            }
            final int length = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
            if (length < 2 || at + length > bytes.length) {
                throw new AssertionError("malformed TCP options: " + HexFormat.of().formatHex(bytes));
            }
            options.add(decode(bytes[at] & 0xFF, Arrays.copyOfRange(bytes, at + 2, at + length)));
            at += length;
        }
        return List.copyOf(options);
    }

    private static TcpOption decode(final int kind, final byte[] bytes) {
        final ByteBuffer data = ByteBuffer.wrap(bytes);
        if (kind == MSS && bytes.length == 2) {
            return new TcpOption.Mss(data.getShort() & 0xFFFF);
        }
        if (kind == WINDOW_SCALE && bytes.length == 1) {
            return new TcpOption.WindowScale(data.get() & 0xFF);
        }
        if (kind == SACK_PERMITTED && bytes.length == 0) {
            return new TcpOption.SackPermitted();
        }
        if (kind == SACK && bytes.length % 8 == 0) {
            return sack(data);
        }
        if (kind == TIMESTAMPS && bytes.length == 8) {
            return new TcpOption.Timestamps(data.getInt() & MASK, data.getInt() & MASK);
        }
        return kind == FAST_OPEN
                ? new TcpOption.FastOpen(HexFormat.of().formatHex(bytes))
                : new TcpOption.Unknown(kind, bytes);
    }

    private static TcpOption sack(final ByteBuffer data) {
        final List<Block> blocks = new ArrayList<>();
        while (data.hasRemaining()) {
            blocks.add(new Block(data.getInt() & MASK, data.getInt() & MASK));
        }
        return new TcpOption.Sack(List.copyOf(blocks));
    }
}
