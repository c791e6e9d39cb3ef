package io.millrace.config;

import java.util.Map;

/** Writes the annotated configuration file that lists every key: {@code config/millrace.conf}. */
public final class ConfigReference {
    /** Makes the file anew, from the project's folder. */
    public static final String COMMAND = "./millrace config reference > config/millrace.conf";

    private static final String HEADER = """
            # Millrace: every setting, with its default.
            #
            # Copy this file and keep what you change; every key may be left out. Later wins: default, file, system
            # property (-Dmillrace.tcp.mss=1400), option of the command line.
            # `millrace config check FILE` checks it, `millrace config show --config FILE` shows what is in effect.
            # "Linux" names the sysctl or socket option that corresponds, and "default there" its default where that is
            # another than here: what to look at when an application moves over from the kernel.
            # "At run time" says what `millrace reload` makes of a change; a key without it needs a restart.
            # Sizes: 1500, 64KiB, 16MiB. Times: 50us, 40ms, 2s, 10m, 2h, always with a unit.
            #
            # Written from the declarations by: %s
            """.formatted(COMMAND);

    private static final String ROOT = "millrace";

    private ConfigReference() {}

    /** The whole file, HOCON, with LF line ends. */
    public static String render() {
        final StringBuilder text = new StringBuilder(HEADER);
        text.append("\nmillrace {\n");
        String separator = "";
        for (final Map.Entry<String, String> group : ConfigKeys.GROUPS.entrySet()) {
            text.append(separator);
            if (group.getKey().equals(ROOT)) {
                appendKeys(text, ROOT, "  ");
            } else {
                text.append("  # ").append(group.getValue()).append("\n  ")
                        .append(group.getKey().substring(ROOT.length() + 1)).append(" {\n");
                appendKeys(text, group.getKey(), "    ");
                text.append("  }\n");
            }
            separator = "\n";
        }
        return text.append("}\n").toString();
    }

    private static void appendKeys(final StringBuilder text, final String group, final String indent) {
        String separator = "";
        for (final ConfigKey<?> key : ConfigKeys.ALL) {
            if (key.group().equals(group)) {
                text.append(separator);
                append(text, key, indent);
                separator = "\n";
            }
        }
    }

    private static <T> void append(final StringBuilder text, final ConfigKey<T> key, final String indent) {
        for (final String line : key.documentationLines()) {
            text.append(indent).append("# ").append(line).append('\n');
        }
        text.append(indent).append("# Allowed: ").append(key.allowed()).append(".\n");
        if (key.linux() != null) {
            text.append(indent).append("# Linux: ").append(key.linux()).append(".\n");
        }
        if (key.atRunTime() != AtRunTime.RESTART) {
            text.append(indent).append("# At run time: ").append(key.atRunTime()).append(".\n");
        }
        text.append(indent).append(key.name()).append(" = ").append(key.render(key.defaultValue())).append('\n');
    }
}
