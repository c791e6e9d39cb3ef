package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What options may be given, as it is typed. Pure. */
final class Names {
    private Names() {}

    private static List<String> of(final Enum<?>... values) {
        return Arrays.stream(values).map(Enum::name).toList();
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
