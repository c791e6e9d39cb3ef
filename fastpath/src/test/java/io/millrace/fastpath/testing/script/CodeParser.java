package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Code.Node;
import io.millrace.fastpath.testing.script.Code.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;

/**
 * The small part of Python (and C) that scripts assert with: numbers, names, arithmetic, comparisons, which may be
 * chained, {@code and}, {@code or}, {@code not}, {@code abs}. Thread: one.
 */
final class CodeParser {
    private static final Map<String, DoubleBinaryOperator> COMPARISONS = Map.of("==", (a, b) -> truth(a == b), "!=",
            (a, b) -> truth(a != b), "<", (a, b) -> truth(a < b), "<=", (a, b) -> truth(a <= b), ">",
            (a, b) -> truth(a > b), ">=", (a, b) -> truth(a >= b));
    /** From the loosest to the tightest. */
    private static final List<Map<String, DoubleBinaryOperator>> LEVELS = List.of(
            Map.of("|", (a, b) -> (long) a | (long) b), Map.of("&", (a, b) -> (long) a & (long) b),
            Map.of("<<", (a, b) -> (long) a << (long) b, ">>", (a, b) -> (long) a >> (long) b),
            Map.of("+", (a, b) -> a + b, "-", (a, b) -> a - b),
            Map.of("*", (a, b) -> a * b, "/", (a, b) -> a / b, "//", (a, b) -> Math.floor(a / b), "%",
                    (a, b) -> a - b * Math.floor(a / b)));

    private final String file;
    private final CodeLexer.Line line;
    private final List<String> words;
    private int at;

    private CodeParser(final String file, final CodeLexer.Line line) {
        this.file = file;
        this.line = line;
        words = line.words();
    }

    private static double truth(final boolean value) {
        return value ? 1 : 0;
    }

    /** @throws ScriptSyntaxException for what is not understood. */
    static Code parse(final String file, final Token code) {
        return new Code(CodeLexer.lines(code.text(), code.line()).stream()
                .map(line -> new CodeParser(file, line).statement()).toList());
    }

    private Statement statement() {
        final String verb = next();
        if (Set.of("print", "pass").contains(verb)) {
            return new Statement(line.line(), line.text(), null);
        }
        if (!verb.equals("assert")) {
            throw error("expected assert, print or pass, found \"" + verb + "\"");
        }
        final Node condition = or();
        // "assert condition, message": the message says nothing that the condition does not
        if (!peek().isEmpty() && !peek().equals(",")) {
            throw error("expected an operator, found \"" + peek() + "\"");
        }
        return new Statement(line.line(), line.text(), condition);
    }

    private Node or() {
        Node left = and();
        while (accept("or") || accept("||")) {
            final Node first = left;
            final Node second = and();
            left = names -> truth(first.value(names) != 0 || second.value(names) != 0);
        }
        return left;
    }

    private Node and() {
        Node left = not();
        while (accept("and") || accept("&&")) {
            final Node first = left;
            final Node second = not();
            left = names -> truth(first.value(names) != 0 && second.value(names) != 0);
        }
        return left;
    }

    private Node not() {
        if (accept("not") || accept("!")) {
            final Node operand = not();
            return names -> truth(operand.value(names) == 0);
        }
        return comparison();
    }

    /** {@code a < b < c} holds where both do. */
    private Node comparison() {
        final Node first = level(0);
        Node left = first;
        Node result = null;
        while (COMPARISONS.containsKey(peek())) {
            final DoubleBinaryOperator operator = COMPARISONS.get(next());
            final Node a = left;
            final Node b = level(0);
            final Node before = result;
            result = names -> before != null && before.value(names) == 0
                    ? 0
                    : operator.applyAsDouble(a.value(names), b.value(names));
            left = b;
        }
        return result == null ? first : result;
    }

    private Node level(final int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Node left = level(level + 1);
        while (LEVELS.get(level).containsKey(peek())) {
            final DoubleBinaryOperator operator = LEVELS.get(level).get(next());
            final Node a = left;
            final Node b = level(level + 1);
            left = names -> operator.applyAsDouble(a.value(names), b.value(names));
        }
        return left;
    }

    private Node unary() {
        if (accept("-")) {
            final Node operand = unary();
            return names -> -operand.value(names);
        }
        if (accept("(")) {
            final Node inner = or();
            expect(")");
            return inner;
        }
        final String word = next();
        if (word.equals("abs") && accept("(")) {
            final Node inner = or();
            expect(")");
            return names -> Math.abs(inner.value(names));
        }
        if (word.matches("\\d.*")) {
            final double number = word.startsWith("0x")
                    ? Long.parseLong(word.substring(2), 16)
                    : Double.parseDouble(word);
            return names -> number;
        }
        if (word.matches("[A-Za-z_].*")) {
            return names -> names.value(word);
        }
        throw error("expected a number, a name or \"(\", found \"" + word + "\"");
    }

    private String peek() {
        return at < words.size() ? words.get(at) : "";
    }

    private String next() {
        final String word = peek();
        at++;
        return word;
    }

    private boolean accept(final String word) {
        if (peek().equals(word)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(final String word) {
        if (!accept(word)) {
            throw error("expected \"" + word + "\", found \"" + peek() + "\"");
        }
    }

    private ScriptSyntaxException error(final String problem) {
        return new ScriptSyntaxException(file, line.line(), 1, "\"" + line.text() + "\": " + problem);
    }
}
