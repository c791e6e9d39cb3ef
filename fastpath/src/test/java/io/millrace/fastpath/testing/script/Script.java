package io.millrace.fastpath.testing.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A packet script, read.
 *
 * @param file     its name, for messages.
 * @param options  {@code name=value}, without the dashes, in the order of the script.
 * @param commands the initial commands, which run before the stack starts.
 * @param events   what happens then.
 */
record Script(String file, List<Setting> options, List<Setting> commands, List<Event> events) {
    /** A line of the script's head. */
    record Setting(int line, String text) {}

    /**
     * Reads a file.
     *
     * @throws ScriptSyntaxException naming file, line, column and what is allowed there.
     */
    static Script read(final Path file) throws IOException {
        return parse(file.toString(), Files.readString(file));
    }

    /** Reads a script from its text. @param file for messages. @throws ScriptSyntaxException as {@link #read}. */
    static Script parse(final String file, final String text) {
        return new Parser(file, text).script();
    }
}
