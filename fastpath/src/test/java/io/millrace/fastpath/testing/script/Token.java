package io.millrace.fastpath.testing.script;

/**
 * A word of a script.
 *
 * @param text   as written; of strings, commands and code what stands within the quotes.
 * @param column from 1.
 */
record Token(Kind kind, String text, int line, int column) {
    /** What a token is. */
    enum Kind {
        /** Letters, digits and underscores, not all digits. */
        WORD("a word"),
        /** Decimal digits, maybe with a sign. */
        INTEGER("a number"),
        /** {@code 0x} and hexadecimal digits. */
        HEX("a hexadecimal number"),
        /** Digits with a decimal point, maybe with a sign. */
        FLOAT("a time"),
        /** {@code 10.0.0.1}. */
        ADDRESS("an IP address"),
        /** {@code "..."}. */
        STRING("a string"),
        /** {@code --name=value}. */
        OPTION("an option"),
        /** Between backquotes. */
        COMMAND("a command in backquotes"),
        /** {@code %{ ... }%}. */
        CODE("code"),
        /** {@code ...}. */
        ELLIPSIS("\"...\""),
        /** Any other character. */
        SYMBOL("a symbol"),
        /** The end of the script. */
        END("the end of the script");

        private final String text;

        Kind(final String text) {
            this.text = text;
        }

        /** For messages. */
        String text() {
            return text;
        }
    }

    boolean is(final Kind wanted) {
        return kind == wanted;
    }

    /** True for this symbol. */
    boolean is(final char symbol) {
        return kind == Kind.SYMBOL && text.charAt(0) == symbol;
    }

    /** True for this word. */
    boolean is(final String word) {
        return kind == Kind.WORD && text.equals(word);
    }

    /** For messages. */
    String shown() {
        return kind == Kind.END || kind == Kind.CODE || kind == Kind.COMMAND ? kind.text() : "\"" + text + "\"";
    }
}
