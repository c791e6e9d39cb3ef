package io.millrace.config;

import com.typesafe.config.ConfigOrigin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a value comes from.
 *
 * @param source the kind of place; a later kind wins over an earlier one.
 * @param name   name of the file, or of the option that overrides.
 * @param line   line in the file, from 1; 0 where there is none.
 */
public record Origin(Source source, String name, int line) {
    /** Kinds of places, in ascending precedence. */
    public enum Source {
        /** The declaration. */
        DEFAULT,
        /** A file, or text. */
        FILE,
        /** {@code -Dmillrace...} on the command line of the JVM. */
        SYSTEM_PROPERTY,
        /** Set by the program or by an option of its command line. */
        OVERRIDE
    }

    static final Origin DEFAULTS = new Origin(Source.DEFAULT, "default", 0);
    static final Origin SYSTEM_PROPERTIES = new Origin(Source.SYSTEM_PROPERTY, "system property", 0);
    private static final Pattern WITH_LINES = Pattern.compile("(.*): ([0-9]+)(?:-[0-9]+)?", Pattern.DOTALL);

    static Origin override(final String name) {
        return new Origin(Source.OVERRIDE, name, 0);
    }

    static Origin file(final String name, final int line) {
        return new Origin(Source.FILE, name, line);
    }

    /** The library tells file and line only within one text, and that also for included files. */
    static Origin of(final ConfigOrigin origin) {
        final Matcher matcher = WITH_LINES.matcher(origin.description());
        return matcher.matches()
                ? file(matcher.group(1), Integer.parseInt(matcher.group(2)))
                : file(origin.description(), 0);
    }

    /** E.g. {@code millrace.conf:12}, {@code default}, {@code system property}, {@code --port}. */
    @Override
    public String toString() {
        return line > 0 ? name + ':' + line : name;
    }
}
