package io.millrace.services.iperf;

import io.netty.handler.codec.CorruptedFrameException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) of a stranger: objects as maps, arrays as lists, texts, truth values, null, and numbers as
 * {@link Long} where they are whole and fit, else as {@link Double} (iperf3 says 18446744073709551615 for -1).
 */
final class JsonReader {
    /** iperf3 needs three. */
    private static final int MOST_DEPTH = 16;
    private static final int HEX = 16;
    private static final int UNICODE_DIGITS = 4;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(final String text) {
        this.text = text;
    }

    /** @throws CorruptedFrameException where it is not one object. */
    static Map<String, Object> object(final String text) {
        final JsonReader reader = new JsonReader(text);
        final Map<String, Object> object = reader.object();
        if (reader.next() != 0) {
            throw reader.failure();
        }
        return object;
    }

    private CorruptedFrameException failure() {
        return new CorruptedFrameException("no JSON at character " + at);
    }

    /** Skips white space; 0 at the end. */
    private char next() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean skip(final char expected) {
        if (next() != expected) {
            return false;
        }
        at++;
        return true;
    }

    private void require(final char expected) {
        if (!skip(expected)) {
            throw failure();
        }
    }

    private @Nullable Object value() {
        return switch (next()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private void enter(final char bracket) {
        require(bracket);
        if (++depth > MOST_DEPTH) {
            throw failure();
        }
    }

    private Map<String, Object> object() {
        final Map<String, Object> object = new LinkedHashMap<>();
        enter('{');
        if (!skip('}')) {
            do {
                final String name = string();
                require(':');
                final Object value = value();
                if (value != null) {
                    object.put(name, value);
                }
            } while (skip(','));
            require('}');
        }
        depth--;
        return object;
    }

    private List<@Nullable Object> array() {
        final List<@Nullable Object> array = new ArrayList<>();
        enter('[');
        if (!skip(']')) {
            do {
                array.add(value());
            } while (skip(','));
            require(']');
        }
        depth--;
        return array;
    }

    private @Nullable Object word(final String word, final @Nullable Object meaning) {
        if (!text.startsWith(word, at)) {
            throw failure();
        }
        at += word.length();
        return meaning;
    }

    private Number number() {
        final int start = at;
        while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        final String number = text.substring(start, at);
        try {
            return Long.valueOf(number);
        } catch (final NumberFormatException e) {
            return real(number);
        }
    }

    private Double real(final String number) {
        try {
            return Double.valueOf(number);
        } catch (final NumberFormatException e) {
            throw failure();
        }
    }

    private String string() {
        require('"');
        final StringBuilder string = new StringBuilder();
        while (at < text.length()) {
            final char character = text.charAt(at++);
            if (character == '"') {
                return string.toString();
            }
            string.append(character == '\\' ? escaped() : character);
        }
        throw failure();
    }

    private char escaped() {
        final char character = at < text.length() ? text.charAt(at++) : 0;
        return switch (character) {
            case '"', '\\', '/' -> character;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw failure();
        };
    }

    private char unicode() {
        int code = 0;
        for (int i = 0; i < UNICODE_DIGITS; i++) {
            final int digit = at < text.length() ? Character.digit(text.charAt(at++), HEX) : -1;
            if (digit < 0) {
                throw failure();
            }
            code = code * HEX + digit;
        }
        return (char) code;
    }
}
