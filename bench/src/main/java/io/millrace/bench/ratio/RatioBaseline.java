package io.millrace.bench.ratio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ratios that are written down, a line each; lines that begin with a number sign are comments. Any thread.
 *
 * @param ratios at least one, each of them once.
 */
public record RatioBaseline(List<Ratio> ratios) {
    /** @throws IllegalArgumentException where there is none, or one twice. */
    public RatioBaseline {
        ratios = List.copyOf(ratios);
        final Set<String> names = new HashSet<>();
        for (final Ratio ratio : ratios) {
            if (!names.add(ratio.name())) {
                throw new IllegalArgumentException(ratio.name() + " is there twice");
            }
        }
        if (ratios.isEmpty()) {
            throw new IllegalArgumentException("there is no ratio");
        }
    }

    /**
     * From a file.
     *
     * @throws IOException where it cannot be read, or is not written as one; says in which line.
     */
    public static RatioBaseline read(final Path file) throws IOException {
        final List<Ratio> ratios = new ArrayList<>();
        final List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i).strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                try {
                    ratios.add(Ratio.parse(line));
                } catch (final IllegalArgumentException e) {
                    throw new IOException(file + ", line " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        try {
            return new RatioBaseline(ratios);
        } catch (final IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
