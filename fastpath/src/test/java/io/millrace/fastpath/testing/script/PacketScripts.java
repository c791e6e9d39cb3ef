package io.millrace.fastpath.testing.script;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs packet scripts against a Millrace in virtual time.
 * <pre>
 * java -cp ... --add-exports java.base/jdk.internal.misc=ALL-UNNAMED \
 *     io.millrace.fastpath.testing.script.PacketScripts [--strict] FILE|DIRECTORY...
 * </pre>
 */
public final class PacketScripts {
    private static final String SUFFIX = ".pkt";
    private static final int WRONG_USAGE = 2;
    private static final String USAGE = """
            usage: PacketScripts [--strict] FILE|DIRECTORY...
              --strict  what the stack sends after the last packet that a script expects fails it; packetdrill does not \
            look
            exit code 0: every script passed; 1: one failed; 2: wrong usage""";

    private PacketScripts() {}

    /** Exit code 0: every script passed; 1: one failed; 2: wrong usage. */
    public static void main(final String[] arguments) throws IOException {
        final List<String> names = new ArrayList<>(List.of(arguments));
        final boolean strict = names.remove("--strict");
        if (names.isEmpty() || names.stream().anyMatch(name -> name.startsWith("-"))) {
            System.err.println(USAGE);
            System.exit(names.contains("--help") ? 0 : WRONG_USAGE);
        }
        for (final String name : names) {
            if (!Files.isReadable(Path.of(name))) {
                System.err.println("PacketScripts: cannot read " + name);
                System.exit(WRONG_USAGE);
            }
        }
        final List<Path> scripts = new ArrayList<>();
        for (final String name : names) {
            scripts.addAll(find(Path.of(name)));
        }
        System.exit(runAll(scripts, strict, System.out) == 0 ? 0 : 1);
    }

    /** The file itself, or every script below a directory, in the order of their names. */
    public static List<Path> find(final Path where) throws IOException {
        if (!Files.isDirectory(where)) {
            return List.of(where);
        }
        try (Stream<Path> files = Files.walk(where)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        }
    }

    private static int runAll(final List<Path> scripts, final boolean strict, final PrintStream out)
            throws IOException {
        int failed = 0;
        for (final Path script : scripts) {
            try {
                run(script, strict);
                out.println("passed  " + script);
            } catch (final ScriptSyntaxException | AssertionError e) {
                failed++;
                out.println("FAILED  " + script + "\n" + e.getMessage());
            }
        }
        out.println(scripts.size() - failed + " passed, " + failed + " failed");
        return failed;
    }

    /**
     * Runs the script of a file.
     *
     * @param strict whether what the stack sends after the last packet that the script expects fails it; packetdrill
     *               does not look at it.
     * @throws ScriptSyntaxException where it is no script.
     * @throws ScriptFailure         where the stack does something else than the script says.
     */
    public static void run(final Path file, final boolean strict) throws IOException {
        run(file.toString(), Files.readString(file), strict);
    }

    /** The same for a script that is no file. @param name for messages. */
    public static void run(final String name, final String script, final boolean strict) {
        try (ScriptRunner runner = new ScriptRunner(Script.parse(name, script), strict)) {
            runner.run();
        }
    }
}
