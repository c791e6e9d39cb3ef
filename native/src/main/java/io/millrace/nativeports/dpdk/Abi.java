package io.millrace.nativeports.dpdk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of DPDK's headers by the C that names them. Each ABI has a table; whoever uses a number keeps it in a
 * {@code static final} field, so that compiled code has it as a constant. Immutable. Thread: any.
 */
final class Abi {
    /** The ABI that the libraries' names end with: {@code librte_eal.so.23} is DPDK 22.11. */
    static final int VERSION = 23;
    /** Of which release, as {@code rte_version} says it. */
    static final String RELEASE = "22.11";

    private static final Map<String, Long> NUMBERS = read("abi-" + VERSION + ".txt");

    private Abi() {}

    /** Where a field lies in a structure, in bytes. */
    static int offset(final String structure, final String field) {
        return (int) number("offsetof(struct " + structure + ", " + field + ")");
    }

    /** Bytes of a structure. */
    static int size(final String structure) {
        return (int) number("sizeof(struct " + structure + ")");
    }

    /** What a constant expression of the headers comes to. */
    static long number(final String expression) {
        final Long number = NUMBERS.get(expression);
        if (number == null) {
            throw new IllegalArgumentException("no \"" + expression + "\" in the table of ABI " + VERSION);
        }
        return number;
    }

    /** The whole table, in its order. */
    static Map<String, Long> numbers() {
        return NUMBERS;
    }

    private static Map<String, Long> read(final String name) {
        final Map<String, Long> numbers = new LinkedHashMap<>();
        try (InputStream stream = Abi.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is missing in this build");
            }
            new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .filter(line -> !line.isEmpty() && line.charAt(0) != '#').forEach(line -> {
                        final int equals = line.lastIndexOf(" = ");
                        numbers.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 3)));
                    });
            return numbers;
        } catch (final IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
