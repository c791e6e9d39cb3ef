package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.TcpOption.Block;
import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>}. Thread: one. */
final class TcpOptionParser {
    private static final long MAX_INT = 0xFFFF_FFFFL;
    private static final int MAX_SHORT = 0xFFFF;
    private static final int MAX_BYTE = 0xFF;

    private final Tokens tokens;

    TcpOptionParser(final Tokens tokens) {
        this.tokens = tokens;
    }

    /** The options, none where none are written; null for {@code <...>}. */
    @Nullable
    List<TcpOption> options() {
        if (!tokens.accept('<')) {
            return List.of();
        }
        if (tokens.accept(Kind.ELLIPSIS)) {
            tokens.expect('>');
            return null;
        }
        final List<TcpOption> options = new ArrayList<>();
        do {
            options.add(option());
        } while (tokens.accept(','));
        tokens.expect('>');
        return List.copyOf(options);
    }

    private TcpOption option() {
        final Token token = tokens.peek();
        switch (tokens.word("a TCP option")) {
            case "nop" -> {
                return new TcpOption.Nop();
            }
            case "eol" -> {
                return new TcpOption.Eol();
            }
            case "mss" -> {
                return new TcpOption.Mss((int) tokens.number("an MSS", 0, MAX_SHORT));
            }
            case "wscale" -> {
                return new TcpOption.WindowScale((int) tokens.number("a window scale", 0, MAX_BYTE));
            }
            case "sackOK" -> {
                return new TcpOption.SackPermitted();
            }
            case "sack" -> {
                return sack();
            }
            case "TS" -> {
                return timestamps();
            }
            case "FO" -> {
                return fastOpen();
            }
            default -> throw tokens.error(token, "expected nop, eol, mss, wscale, sackOK, sack, TS or FO, found "
                    + token.shown());
        }
    }

    private TcpOption sack() {
        final List<Block> blocks = new ArrayList<>();
        while (tokens.peek().is(Kind.INTEGER)) {
            final long left = tokens.number("a sequence number", 0, MAX_INT);
            tokens.expect(':');
            blocks.add(new Block(left, tokens.number("a sequence number", 0, MAX_INT)));
        }
        return new TcpOption.Sack(List.copyOf(blocks));
    }

    private TcpOption timestamps() {
        tokens.expect("val");
        final long value = tokens.number("a timestamp", 0, MAX_INT);
        tokens.expect("ecr");
        return new TcpOption.Timestamps(value, tokens.number("a timestamp", 0, MAX_INT));
    }

    private TcpOption fastOpen() {
        final Token token = tokens.peek();
        if (!token.is(Kind.WORD) && !token.is(Kind.INTEGER)) {
            return new TcpOption.FastOpen("");
        }
        if (!token.text().matches("([0-9a-fA-F]{2})+")) {
            throw tokens.unexpected("a cookie of whole bytes in hexadecimal digits");
        }
        return new TcpOption.FastOpen(tokens.next().text());
    }
}
