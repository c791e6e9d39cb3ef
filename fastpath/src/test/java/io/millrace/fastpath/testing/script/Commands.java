package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.socket.Setup;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What commands in backquotes mean to a stack in virtual time: settings of the kernel are settings of the stack, what
 * only prepares a kernel is ignored, and everything else is refused. Nothing is ever executed.
 */
final class Commands {
    private static final Pattern SEPARATOR = Pattern.compile("\\n|;|&&");
    private static final Pattern SYSCTL = Pattern.compile("sysctl\\s+(.*)");
    private static final Pattern SET_SYSCTLS = Pattern.compile("\\S*set_sysctls\\.py\\s+(.*)");
    private static final Pattern ASSIGNMENT = Pattern
            .compile(
                    "\\s*(?:-[qwe]+\\s+)*[\"']?(?:/proc/sys/)?([\\w./]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\"']*?(?=[\"']|\\s+\\S+=|\\s*$)))[\"']?");
    private static final Pattern INITIAL_WINDOW = Pattern.compile("ip\\s+route\\s+.*\\binitcwnd\\s+(\\d+).*");
    private static final Pattern DEFAULTS = Pattern.compile("(\\S*/)?defaults\\.sh");
    /** Beginnings of commands that prepare a kernel for tests. */
    private static final List<String> IGNORED = List.of("tc qdisc", "/tmp/sysctl_restore", "ip route", "ip link",
            "ip tcp_metrics", "ethtool", "modprobe",
            "true", "#");

    private Commands() {}

    /** Makes the exception for what is not known, with the command's place. */
    interface Place {
        ScriptSyntaxException error(String problem);
    }

    /** The setup after these commands. */
    static Setup apply(final Setup before, final Place place, final String text) {
        Setup setup = before;
        for (final String line : SEPARATOR.split(text)) {
            setup = one(setup, place, line.strip());
        }
        return setup;
    }

    /** True where a command has no meaning here, and may stand anywhere. */
    static boolean isIgnored(final String text) {
        return SEPARATOR.splitAsStream(text).map(String::strip)
                .allMatch(line -> line.isEmpty() || IGNORED.stream().anyMatch(line::startsWith));
    }

    private static Setup one(final Setup setup, final Place place, final String command) {
        final Matcher window = INITIAL_WINDOW.matcher(command);
        if (window.matches()) {
            return setup.tcp(setup.tcp().toBuilder().initialWindow(Integer.parseInt(window.group(1))).build());
        }
        for (final Pattern pattern : List.of(SYSCTL, SET_SYSCTLS)) {
            final Matcher matcher = pattern.matcher(command);
            if (matcher.matches()) {
                return assignments(setup, place, matcher.group(1));
            }
        }
        if (DEFAULTS.matcher(command).matches()) {
            return setup.tcp(Sysctls.defaults(setup.tcp()));
        }
        if (isIgnored(command)) {
            return setup;
        }
        throw place.error(
                "`" + command + "`: not known here; known are sysctl, set_sysctls.py, \"ip route ... initcwnd N\""
                        + ", and ignored what begins with one of " + IGNORED);
    }

    private static Setup assignments(final Setup before, final Place place, final String text) {
        Setup setup = before;
        final Matcher matcher = ASSIGNMENT.matcher(text);
        int end = 0;
        while (matcher.region(end, text.length()).lookingAt() && matcher.end() > end) {
            final String value = matcher.group(2) != null
                    ? matcher.group(2)
                    : matcher.group(3) != null ? matcher.group(3) : matcher.group(4);
            setup = Sysctls.apply(setup, place, matcher.group(1).replace('/', '.'), value.strip());
            end = matcher.end();
        }
        if (!text.substring(end).isBlank() || end == 0) {
            throw place.error("`sysctl " + text + "`: expected \"net.ipv4.name=value\"");
        }
        return setup;
    }
}
