package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** What options may be given, as it is typed. Pure. */
final class Names {
    private Names() {}

    private static List<String> of(final Enum<?>... values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    /** In whichever case, with hyphens or underscores. */
    static <E extends Enum<E>> E parse(final Class<E> type, final String text) {
        final String name = text.toUpperCase(Locale.ROOT).replace('-', '_');
        return EnumSet.allOf(type).stream().filter(value -> value.name().equals(name)).findFirst()
                .orElseThrow(() -> new TypeConversionException("there is no " + text));
    }

    /** Of {@code --only}. */
    static final class Workloads extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Workloads() {
            super(of(Workload.values()));
        }
    }

    /** Of {@code --contenders}. */
    static final class Contenders extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Contenders() {
            super(of(Contender.values()));
        }
    }

    /** Of {@code --placements}. */
    static final class Placements extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Placements() {
            super(of(Placement.values()));
        }
    }
}
