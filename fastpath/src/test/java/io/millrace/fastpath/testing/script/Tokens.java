package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Token.Kind;
import java.math.BigDecimal;
import java.util.List;

/** The words of a script, one after the other, and what is said where another one is expected. Thread: one. */
final class Tokens {
    private final String file;
    private final List<Token> tokens;
    private int at;

    Tokens(final String file, final List<Token> tokens) {
        this.file = file;
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(final int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        final Token token = peek();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean accept(final char symbol) {
        return advance(peek().is(symbol));
    }

    boolean accept(final String word) {
        return advance(peek().is(word));
    }

    boolean accept(final Kind kind) {
        return advance(peek().is(kind));
    }

    private boolean advance(final boolean found) {
        if (found) {
            next();
        }
        return found;
    }

    void expect(final char symbol) {
        if (!accept(symbol)) {
            throw unexpected("\"" + symbol + "\"");
        }
    }

    void expect(final String word) {
        if (!accept(word)) {
            throw unexpected("\"" + word + "\"");
        }
    }

    String word(final String what) {
        if (!peek().is(Kind.WORD)) {
            throw unexpected(what);
        }
        return next().text();
    }

    /** A decimal or hexadecimal number within bounds. */
    long number(final String what, final long least, final long most) {
        final Token token = peek();
        if (!token.is(Kind.INTEGER) && !token.is(Kind.HEX)) {
            throw unexpected(what);
        }
        final long value;
        try {
            value = token.is(Kind.HEX) ? Long.parseLong(token.text().substring(2), 16) : Long.parseLong(token.text());
        } catch (final NumberFormatException e) {
            throw unexpected(what);
        }
        if (value < least || value > most) {
            throw unexpected(what + " from " + least + " to " + most);
        }
        next();
        return value;
    }

    /** A time in seconds; the value is in nanoseconds. */
    long timeNs() {
        if (!peek().is(Kind.FLOAT) && !peek().is(Kind.INTEGER)) {
            throw unexpected("a time in seconds");
        }
        final BigDecimal seconds = new BigDecimal(peek().text());
        if (seconds.signum() < 0) {
            throw unexpected("a time that is not negative");
        }
        next();
        return seconds.movePointRight(9).longValue();
    }

    /** The error of finding something else here. */
    ScriptSyntaxException unexpected(final String allowed) {
        return error("expected " + allowed + ", found " + peek().shown());
    }

    /** An error of the word that comes next. */
    ScriptSyntaxException error(final String problem) {
        return error(peek(), problem);
    }

    ScriptSyntaxException error(final Token token, final String problem) {
        return new ScriptSyntaxException(file, token.line(), token.column(), problem);
    }
}
