package io.millrace.examples.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** What tests send. */
final class TestFiles {
    private TestFiles() {}

    /** Writes bytes that no two places of which are alike; always the same. */
    static Path random(final Path file, final int length) throws IOException {
        final byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return Files.write(file, bytes);
    }
}
