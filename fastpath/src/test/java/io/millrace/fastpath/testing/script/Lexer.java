package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a script into words, by packetdrill's documented lexical rules: the longest match wins, then the first. Comments
 * are those of C, of C++ and, at the beginning of a line, of the shell. Thread: one.
 */
final class Lexer {
    private static final Pattern SKIPPED = Pattern.compile("\\s+|//[^\\n]*|/\\*.*?\\*/|(?<=^|\\n)[ \\t]*#[^\\n]*",
            Pattern.DOTALL);

    private static final List<Rule> RULES = List.of(new Rule(Kind.CODE, "%\\{(.*?)\\}%"),
            new Rule(Kind.COMMAND, "`((?:\\\\.|[^`])*)`"), new Rule(Kind.STRING, "\"((?:\\\\.|[^\"\\\\])*)\""),
            new Rule(Kind.OPTION, "--([A-Za-z][A-Za-z0-9_]*(?:=(?:\"[^\"]*\"|[^\\s\"]*))?)"),
            new Rule(Kind.ELLIPSIS, "\\.\\.\\."), new Rule(Kind.ADDRESS, "\\d+\\.\\d+\\.\\d+\\.\\d+"),
            new Rule(Kind.FLOAT, "-?\\d*\\.\\d+"), new Rule(Kind.HEX, "0x[0-9a-fA-F]+"),
            new Rule(Kind.INTEGER, "-?\\d+"), new Rule(Kind.WORD, "[A-Za-z0-9_]+"), new Rule(Kind.SYMBOL, "."));

    private final String file;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(final String file, final String text) {
        this.file = file;
        this.text = text;
    }

    private record Rule(Kind kind, Pattern pattern) {
        Rule(final Kind kind, final String pattern) {
            this(kind, Pattern.compile(pattern, Pattern.DOTALL));
        }
    }

    /** The words of a script, {@link Kind#END} last. */
    static List<Token> tokens(final String file, final String text) {
        final Lexer lexer = new Lexer(file, text);
        lexer.all();
        return lexer.tokens;
    }

    private void all() {
        while (true) {
            skip();
            if (at == text.length()) {
                add(Kind.END, "");
                return;
            }
            next();
        }
    }

    private void skip() {
        final Matcher matcher = SKIPPED.matcher(text);
        matcher.useTransparentBounds(true);
        while (matcher.region(at, text.length()).lookingAt()) {
            at = matcher.end();
        }
    }

    private void next() {
        Kind kind = Kind.SYMBOL;
        String found = text.substring(at, at + 1);
        int end = at + 1;
        for (final Rule rule : RULES) {
            final Matcher matcher = rule.pattern.matcher(text).region(at, text.length());
            if (matcher.lookingAt() && (matcher.end() > end || kind == Kind.SYMBOL)) {
                kind = rule.kind;
                found = matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
                end = matcher.end();
            }
        }
        if (kind == Kind.SYMBOL && "`\"".contains(found)) {
            throw new ScriptSyntaxException(file, line(), column(), "the quote is never closed");
        }
        add(kind, found);
        at = end;
    }

    private void add(final Kind kind, final String found) {
        tokens.add(new Token(kind, found, line(), column()));
    }

    private int line() {
        return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    private int column() {
        return at - text.lastIndexOf('\n', at - 1);
    }
}
