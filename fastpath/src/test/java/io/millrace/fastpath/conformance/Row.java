package io.millrace.fastpath.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of the table.
 *
 * @param line   where it stands, from 1.
 * @param rfcs   of the section it stands in.
 * @param where  the label of RFC 9293, or the section and how strong the word is.
 * @param shown  what shows it, and why not.
 * @param width  how many columns it has.
 */
record Row(int line, List<String> rfcs, String where, String requirement, String status, String shown, int width) {
    static final int COLUMNS = 4;
    private static final Pattern RFC = Pattern.compile("RFC (\\d+)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** The rows of the tables, headers and rulers left out; a heading may name RFCs. */
    static List<Row> parse(final List<String> text) {
        final List<Row> rows = new ArrayList<>();
        List<String> rfcs = List.of();
        for (int i = 0; i < text.size(); i++) {
            final String line = text.get(i);
            if (line.startsWith("## ")) {
                rfcs = RFC.matcher(line).results().map(result -> result.group(1)).toList();
            } else if (line.startsWith("|") && !isHeader(text, i)) {
                rows.add(of(line, i + 1, rfcs));
            }
        }
        return rows;
    }

    /** The ruler, and the row above it. */
    private static boolean isHeader(final List<String> text, final int index) {
        return isRuler(text.get(index)) || index + 1 < text.size() && isRuler(text.get(index + 1));
    }

    private static boolean isRuler(final String line) {
        return line.startsWith("|--");
    }

    private static Row of(final String line, final int number, final List<String> rfcs) {
        final String[] columns = line.strip().split("\\|", -1);
        // before the first bar and behind the last there is nothing
        final int width = columns.length - 2;
        return new Row(number, rfcs, column(columns, 1), column(columns, 2), column(columns, 3), column(columns, 4),
                width);
    }

    private static String column(final String[] columns, final int index) {
        return index < columns.length ? columns[index].strip() : "";
    }

    /** What stands in backquotes in the last column. */
    List<String> code() {
        return CODE.matcher(shown).results().map(result -> result.group(1)).toList();
    }

    /** The last column without what stands in backquotes and shows something. */
    String words() {
        final StringBuilder words = new StringBuilder();
        final Matcher matcher = CODE.matcher(shown);
        while (matcher.find()) {
            matcher.appendReplacement(words,
                    Matcher.quoteReplacement(Evidence.isEvidence(matcher.group(1)) ? "" : matcher.group(1)));
        }
        return matcher.appendTail(words).toString();
    }
}
