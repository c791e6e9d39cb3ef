package io.millrace.config;

import static io.millrace.config.ValueTypes.file;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.orAuto;

import java.nio.file.Path;
import java.util.Optional;

/** {@code millrace.observe}: how others may look into a running stack. */
public final class ObserveKeys {
    static final String GROUP = "millrace.observe";

    /** Whether there is a file. */
    public static final ConfigKey<Boolean> ENABLED = ConfigKey.of(GROUP + ".enabled", onOff(), true, "/proc/net", """
            Whether a running stack has a file, mapped into memory, from which `millrace stat`, `connections`,
            `neighbours`, `routes`, `listeners` and `doctor` read. Its owner alone can open it.
            """);

    /** Where the file is. */
    public static final ConfigKey<Optional<Path>> DIRECTORY = ConfigKey.of(GROUP + ".directory", orAuto(file()),
            Optional.empty(), null, """
                    Folder of that file, made where it is missing; in memory, so that writing to a disk never stops
                    a loop. auto: /dev/shm/millrace-UID, or the folder for temporary files where there is no /dev/shm.
                    Elsewhere the commands need --file.
                    """);

    private ObserveKeys() {}
}
