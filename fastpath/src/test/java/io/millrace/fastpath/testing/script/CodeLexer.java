package io.millrace.fastpath.testing.script;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts code into statements, and a statement into words: lines and semicolons end one, not within parentheses. */
final class CodeLexer {
    private static final Pattern WORD = Pattern.compile("\\s*(0x[0-9a-fA-F]+|\\d+(?:\\.\\d+)?|[A-Za-z_]\\w*"
            + "|==|!=|<=|>=|&&|\\|\\||<<|>>|//|[-+*/%()<>!&|,]|\"[^\"]*\"|'[^']*'|\\S)");

    private CodeLexer() {}

    /** A statement. @param text for messages. */
    record Line(int line, String text, List<String> words) {}

    /** The statements of code that begins in this line. */
    static List<Line> lines(final String code, final int firstLine) {
        final List<Line> lines = new ArrayList<>();
        int line = firstLine;
        int begin = 0;
        int beginLine = line;
        int depth = 0;
        for (int i = 0; i <= code.length(); i++) {
            final char c = i < code.length() ? code.charAt(i) : '\n';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if ((c == '\n' || c == ';') && depth <= 0 || i == code.length()) {
                add(lines, beginLine, code.substring(begin, i));
                begin = i + 1;
                beginLine = c == '\n' ? line + 1 : line;
            }
            line += c == '\n' ? 1 : 0;
        }
        return lines;
    }

    private static void add(final List<Line> lines, final int line, final String statement) {
        final String text = statement.replaceAll("#.*", "").strip();
        if (!text.isEmpty()) {
            lines.add(new Line(line, text.replaceAll("\\s+", " "), words(text)));
        }
    }

    private static List<String> words(final String statement) {
        final List<String> words = new ArrayList<>();
        final Matcher matcher = WORD.matcher(statement);
        while (matcher.find()) {
            words.add(matcher.group(1));
        }
        return words;
    }
}
