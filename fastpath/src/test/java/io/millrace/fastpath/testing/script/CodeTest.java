package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.fastpath.testing.script.Code.Statement;
import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTest {
    private static final Map<String, Double> NAMES = Map.of("a", 6.0, "b", 4.0, "zero", 0.0);

    private static List<Statement> parse(final String code) {
        return CodeParser.parse("test.pkt", new Token(Kind.CODE, code, 1, 1)).statements();
    }

    private static String problem(final String condition) {
        return parse("assert " + condition).getFirst().problem(NAMES::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a == 6", "a != b", "a > b and b < a", "a < b or b == 4", "not a < b", "!(a < b)",
            "a == 1 || b == 4 && a == 6", "2 + 3 * 4 == 14", "(2 + 3) * 4 == 20", "a - b == 2", "a -2 == b",
            "7 / 2 == 3.5",
            "7 // 2 == 3", "7 % 4 == 3", "-7 % 4 == 1", "1 < b < a < 7", "abs(b - a) <= 2", "-a < 0", "a & 2 == 2 & a",
            "a | 1 == 7 | 1", "1 << 3 == 8", "a >> 1 == 3", "0x10 == 16", "a == 6, 'a is not six'", "a", "not zero"})
    void shouldHold(final String condition) {
        assertNull(problem(condition));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a == 5", "a != 6", "a > b and a < b", "a < b or b == 5", "not a", "1 < b < 3", "1 < a > 7",
            "zero", "a - b == 3", "a == 5 || b == 4 && a == 5", "abs(b - a) == 3"})
    void shouldNotHold(final String condition) {
        assertNotNull(problem(condition));
    }

    @Test
    void shouldShowTheValues() {
        assertEquals("\"assert a == b\" does not hold: {a=6, b=4}", problem("a == b"));
        assertEquals("\"assert c\": c is not known", problem("c"));
    }

    @Test
    void shouldReadStatementsByLineAndSemicolon() {
        final List<Statement> statements = parse(
                "\nassert a; print(a)\nassert (a == 6 and\n  b == 4)\n# nothing\npass");
        assertEquals(List.of(2, 2, 3, 6), statements.stream().map(Statement::line).toList());
        assertEquals(List.of("assert a", "print(a)", "assert (a == 6 and b == 4)", "pass"),
                statements.stream().map(Statement::text).toList());
    }
}
