package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Expression.Field;
import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** The arguments and results of system calls, as strace writes them. Thread: one. */
final class ExpressionParser {
    private final Tokens tokens;

    ExpressionParser(final Tokens tokens) {
        this.tokens = tokens;
    }

    /** Expressions between brackets, with commas. */
    List<Expression> list(final char open, final char close) {
        tokens.expect(open);
        final List<Expression> elements = new ArrayList<>();
        if (tokens.accept(close)) {
            return elements;
        }
        do {
            elements.add(expression());
        } while (tokens.accept(','));
        tokens.expect(close);
        return List.copyOf(elements);
    }

    Expression expression() {
        final Token token = tokens.peek();
        return switch (token.kind()) {
            case ELLIPSIS -> {
                tokens.next();
                yield new Expression.Any();
            }
            case INTEGER, HEX -> new Expression.Number(tokens.number("a number", Long.MIN_VALUE, Long.MAX_VALUE));
            case STRING -> string();
            case WORD -> name();
            case SYMBOL -> bracketed(token);
            default -> throw unexpected();
        };
    }

    private Expression string() {
        final String text = tokens.next().text();
        tokens.accept(Kind.ELLIPSIS);
        return new Expression.Text(text.translateEscapes());
    }

    private Expression name() {
        final String first = tokens.next().text();
        if (tokens.peek().is('(')) {
            return new Expression.Function(first, list('(', ')'));
        }
        final List<String> parts = new ArrayList<>(List.of(first));
        while (tokens.accept('|')) {
            parts.add(tokens.word("a constant"));
        }
        return new Expression.Name(List.copyOf(parts));
    }

    private Expression bracketed(final Token token) {
        if (token.is('[')) {
            return new Expression.Array(list('[', ']'));
        }
        if (!token.is('{')) {
            throw unexpected();
        }
        tokens.next();
        final List<Field> fields = new ArrayList<>();
        do {
            fields.add(field());
        } while (tokens.accept(','));
        tokens.expect('}');
        return new Expression.Structure(List.copyOf(fields));
    }

    private Field field() {
        final Expression first = expression();
        if (!tokens.accept('=')) {
            return new Field("", first);
        }
        return switch (first) {
            case Expression.Name name -> new Field(name.toString(), expression());
            // msg_iov(2)=[...]: the number says nothing new
            case Expression.Function function -> new Field(function.name(), expression());
            default -> throw tokens.error("only a name has a value");
        };
    }

    private ScriptSyntaxException unexpected() {
        return tokens.unexpected("a number, a constant, a string, \"...\", \"[\" or \"{\"");
    }
}
