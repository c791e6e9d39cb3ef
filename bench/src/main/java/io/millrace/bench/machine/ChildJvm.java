package io.millrace.bench.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a JVM is started for a part of a measurement: the class path of this one, and the flags of the launcher. Pure. */
public final class ChildJvm {
    /**
     * Those of the launcher {@code millrace} for how the stack is compiled: for whoever runs it. The kernel's transports are
     * no faster with them, so they have the JVM's own.
     */
    public static final List<String> COMPILATION = List.of("-XX:MaxInlineLevel=20", "-XX:FreqInlineSize=150",
            "-XX:-UseCompressedOops");

    /** The others of the launcher. */
    private static final List<String> FLAGS = List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC",
            "-XX:+PerfDisableSharedMem", "-Xlog:disable", "-Xlog:all=warning:stderr",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

    private ChildJvm() {}

    /**
     * A command that runs a class of this class path.
     *
     * @param options of the JVM, beside those of the launcher.
     */
    public static List<String> command(final Class<?> main, final List<String> options, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
