package io.millrace.fastpath.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What is wrong with the table, each with its line. */
final class ConformanceTable {
    static final String FILE = "fastpath/CONFORMANCE.md";
    static final String RFC_9293 = "9293";
    private static final String MET = "met";
    /** Where RFCs leave a choice, and stacks differ. */
    private static final String AS_LINUX = "as Linux";
    private static final Set<String> STATUSES = Set.of(MET, AS_LINUX, "deviates", "not applicable");
    private static final Pattern LABEL = Pattern.compile("(MUST|SHLD|MAY|REC)-\\d+");
    /** A reason has so many letters. */
    private static final int REASON = 20;

    private final List<Row> rows;
    private final List<String> problems = new ArrayList<>();

    ConformanceTable(final List<String> text) {
        rows = Row.parse(text);
    }

    List<Row> rows() {
        return rows;
    }

    /** @param labels of RFC 9293's appendix B; @param rfcs that must have a section with a row in it. */
    List<String> problems(final Evidence evidence, final List<String> labels, final List<String> rfcs) {
        rows.forEach(row -> check(row, evidence));
        checkLabels(labels);
        final Set<String> missing = new TreeSet<>(rfcs);
        rows.forEach(row -> row.rfcs().forEach(missing::remove));
        missing.forEach(rfc -> problems.add(FILE + ": no row of RFC " + rfc));
        return problems;
    }

    private void check(final Row row, final Evidence evidence) {
        if (row.width() != Row.COLUMNS) {
            problem(row, "has " + row.width() + " columns instead of " + Row.COLUMNS);
        } else if (row.where().isEmpty() || row.requirement().isEmpty()) {
            problem(row, "does not say what is required, or where");
        } else if (!STATUSES.contains(row.status())) {
            problem(row, "status \"" + row.status() + "\" is none of " + new TreeSet<>(STATUSES));
        } else {
            checkShown(row, evidence);
        }
    }

    private void checkShown(final Row row, final Evidence evidence) {
        row.code().stream().filter(code -> !evidence.exists(code))
                .forEach(code -> problem(row, "`" + code + "` does not exist"));
        if (MET.equals(row.status()) || AS_LINUX.equals(row.status())) {
            if (row.code().stream().noneMatch(Evidence::isEvidence)) {
                problem(row, "is said to be " + row.status() + ", and nothing shows it");
            }
        } else if (row.words().chars().filter(Character::isLetter).count() < REASON) {
            problem(row, row.status() + ", without a reason");
        }
    }

    private void checkLabels(final List<String> labels) {
        final Map<String, Row> first = new HashMap<>();
        for (final Row row : rows) {
            if (row.rfcs().contains(RFC_9293) && LABEL.matcher(row.where()).matches()) {
                final Row before = first.putIfAbsent(row.where(), row);
                if (before != null) {
                    problem(row, row.where() + " stands in line " + before.line() + " already");
                }
                if (!labels.contains(row.where())) {
                    problem(row, row.where() + " is no label of RFC 9293's appendix B");
                }
            }
        }
        labels.stream().filter(label -> !first.containsKey(label))
                .forEach(label -> problems.add(FILE + ": " + label + " of RFC 9293 is missing"));
    }

    private void problem(final Row row, final String what) {
        problems.add(FILE + ":" + row.line() + ": " + what);
    }
}
