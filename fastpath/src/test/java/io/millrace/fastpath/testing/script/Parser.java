package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Script.Setting;
import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** The grammar of a script: options, initial commands, events with their times. Thread: one. */
final class Parser {
    private static final long NOT_BLOCKING = -1;

    private final String file;
    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final PacketParser packets;

    Parser(final String file, final String text) {
        this.file = file;
        tokens = new Tokens(file, Lexer.tokens(file, text));
        expressions = new ExpressionParser(tokens);
        packets = new PacketParser(tokens);
    }

    Script script() {
        final List<Setting> options = settings(Kind.OPTION);
        final List<Setting> commands = settings(Kind.COMMAND);
        final List<Event> events = new ArrayList<>();
        while (!tokens.peek().is(Kind.END)) {
            if (tokens.peek().is(Kind.COMMAND) && tokens.peek(1).is(Kind.END)) {
                // without a time: what cleans up afterwards, where there is something to clean
                tokens.next();
            } else {
                events.add(event());
            }
        }
        return new Script(file, options, commands, List.copyOf(events));
    }

    private List<Setting> settings(final Kind kind) {
        final List<Setting> settings = new ArrayList<>();
        while (tokens.peek().is(kind)) {
            settings.add(new Setting(tokens.peek().line(), tokens.next().text()));
        }
        return List.copyOf(settings);
    }

    private Event event() {
        final int line = tokens.peek().line();
        final When when = when();
        final Token first = tokens.peek();
        if (first.is(Kind.COMMAND)) {
            return new Event.CommandEvent(line, when, tokens.next().text());
        }
        if (first.is(Kind.CODE)) {
            return new Event.CodeEvent(line, when, CodeParser.parse(file, tokens.next()));
        }
        if (first.is('<') || first.is('>')) {
            return new Event.PacketEvent(line, when, tokens.next().is('<'), packets.packet());
        }
        if (first.is(Kind.ELLIPSIS) || first.is(Kind.WORD)) {
            return call(line, when);
        }
        throw tokens.unexpected("\"<\", \">\", a system call, a command in backquotes or code in %{ }%");
    }

    private When when() {
        if (tokens.accept('*')) {
            return When.ANY;
        }
        final boolean relative = tokens.accept('+');
        if (!relative && !tokens.peek().is(Kind.FLOAT) && !tokens.peek().is(Kind.INTEGER)) {
            throw tokens.unexpected("the time of an event (\"0.1\", \"+.1\", \"0.1~0.2\", \"*\")");
        }
        final long fromNs = tokens.timeNs();
        if (!tokens.accept('~')) {
            return When.at(relative, fromNs);
        }
        if (relative) {
            tokens.expect('+');
        }
        final long toNs = tokens.timeNs();
        if (toNs < fromNs) {
            throw tokens.error("a range of times that ends before it begins");
        }
        return When.between(relative, fromNs, toNs);
    }

    private Event call(final int line, final When when) {
        final long endNs = tokens.accept(Kind.ELLIPSIS) ? tokens.timeNs() : NOT_BLOCKING;
        final String name = tokens.word("the name of a system call");
        final List<Expression> arguments = expressions.list('(', ')');
        tokens.expect('=');
        final Expression result = expressions.expression();
        final String errno = tokens.peek().is(Kind.WORD) ? tokens.next().text() : null;
        skipNote();
        return new Event.CallEvent(line, when, endNs, name, arguments, result, errno);
    }

    /** {@code (Connection reset by peer)}. */
    private void skipNote() {
        if (!tokens.accept('(')) {
            return;
        }
        while (!tokens.accept(')')) {
            if (tokens.peek().is(Kind.END)) {
                throw tokens.unexpected("\")\"");
            }
            tokens.next();
        }
    }
}
