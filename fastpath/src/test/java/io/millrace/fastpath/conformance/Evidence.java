package io.millrace.fastpath.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the table may name: test methods of every module, cells of the matrix, packet scripts, settings. */
final class Evidence {
    private static final Pattern TEST = Pattern.compile("(\\w+)\\.(should\\w+)");
    private static final String MATRIX = "matrix: ";
    private static final String SCRIPT = "script: ";
    private static final String KEY = "millrace.";
    private static final int CELL_COLUMNS = 5;

    private final Map<String, String> sources = new HashMap<>();
    private final List<String> cells = new ArrayList<>();
    private final Path scripts;
    private final Set<String> keys;

    /** @param root of the project. */
    Evidence(final Path root) throws IOException {
        scripts = root.resolve("fastpath/src/test/resources/scripts");
        readSources(root);
        readCells(root.resolve("fastpath/src/test/resources/matrix"));
        keys = readKeys(Files.readAllLines(root.resolve("config/millrace.conf")));
    }

    private void readSources(final Path root) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            for (final Path tests : modules.map(module -> module.resolve("src/test/java")).filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    for (final Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                        final String name = file.getFileName().toString();
                        sources.merge(name.substring(0, name.length() - ".java".length()), Files.readString(file),
                                String::concat);
                    }
                }
            }
        }
    }

    private void readCells(final Path matrix) throws IOException {
        try (Stream<Path> tables = Files.list(matrix)) {
            for (final Path table : tables.filter(path -> path.toString().endsWith(".txt")).toList()) {
                final String name = table.getFileName().toString();
                final String state = name.substring(0, name.length() - ".txt".length()).replace('-', '_')
                        .toUpperCase(Locale.ROOT);
                Files.readAllLines(table).stream().filter(row -> !row.startsWith("#") && row.contains("|"))
                        .forEach(row -> cells.add(state + cell(row.split("\\|", -1))));
            }
        }
    }

    /** As the matrix prints it: {@code {given} EVENT seq N ack N [text] }. */
    private static String cell(final String[] columns) {
        final String[] of = new String[CELL_COLUMNS];
        for (int i = 0; i < CELL_COLUMNS; i++) {
            of[i] = "-".equals(columns[i].strip()) ? "" : columns[i].strip();
        }
        return (of[0].isEmpty() ? "" : " {" + of[0] + "}") + " " + of[1] + (of[2].isEmpty() ? "" : " seq " + of[2])
                + (of[3].isEmpty() ? "" : " ack " + of[3]) + (of[4].isEmpty() ? "" : " [" + of[4] + "]") + " ";
    }

    /** Keys of the reference configuration: groups two blanks in, their keys four. */
    private static Set<String> readKeys(final List<String> reference) {
        final String[] group = {""};
        return reference.stream().filter(line -> {
            if (line.matches(" {2}[\\w-]+ \\{")) {
                group[0] = line.strip().replace(" {", "");
            }
            return line.matches(" {4}[\\w-]+ = .*");
        }).map(line -> KEY + group[0] + "." + line.strip().replaceFirst(" =.*", "")).collect(Collectors.toSet());
    }

    /** A test, cell or script, whether it exists or not. */
    static boolean isEvidence(final String code) {
        return TEST.matcher(code).matches() || code.startsWith(MATRIX) || code.startsWith(SCRIPT);
    }

    /** Everything else in backquotes is just a word, but a key must be one. */
    boolean exists(final String code) {
        final Matcher test = TEST.matcher(code);
        if (test.matches()) {
            return isTest(test.group(1), test.group(2));
        }
        if (code.startsWith(MATRIX)) {
            final String cell = code.substring(MATRIX.length()) + " ";
            return cells.stream().anyMatch(of -> of.startsWith(cell));
        }
        if (code.startsWith(SCRIPT)) {
            return code.endsWith(".pkt") && Files.isRegularFile(scripts.resolve(code.substring(SCRIPT.length())));
        }
        return !code.startsWith(KEY) || keys.contains(code);
    }

    /** The source of the class of a test; "" where there is none. @param code {@code Class.method}. */
    String source(final String code) {
        final Matcher test = TEST.matcher(code);
        return test.matches() ? sources.getOrDefault(test.group(1), "") : "";
    }

    private boolean isTest(final String className, final String method) {
        final String source = sources.get(className);
        return source != null && Pattern
                .compile("@(Test|ParameterizedTest|Property)\\b(?:(?!\\bvoid ).)*+\\bvoid " + method + "\\(",
                        Pattern.DOTALL)
                .matcher(source).find();
    }
}
