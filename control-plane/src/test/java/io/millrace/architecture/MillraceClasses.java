package io.millrace.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** The main classes of every module, without those of tests, whether they come from folders or from jars. */
final class MillraceClasses implements ImportOption {
    static final String ALL = "io.millrace";
    static final String FAST_PATH = ALL + ".fastpath";

    @Override
    public boolean includes(final Location location) {
        return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
}
