package io.millrace.nativeports.dpdk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.CHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler and DPDK's headers, where they are installed, for every number of the table. */
class DpdkAbiTest {
    /** Where libdpdk-dev puts its headers; an unpacked package of another place is named by this variable. */
    private static final String ROOT = System.getenv().getOrDefault("MILLRACE_DPDK_HEADERS", "/");
    private static final String HEADERS = """
            #include <rte_config.h>
            #undef RTE_USE_LIBBSD /* the header of a library that is not needed */
            #include <stddef.h>
            #include <stdio.h>
            #include <rte_ethdev.h>
            #include <rte_mbuf.h>
            #include <rte_mempool.h>
            """;

    @Test
    void shouldAgreeWithDpdksHeaders(@TempDir final Path directory) throws Exception {
        final List<String> options = includes();
        assumeTrue(!options.isEmpty(), "DPDK's headers (libdpdk-dev) are not installed below " + ROOT);
        options.add("-march=" + (System.getProperty("os.arch").equals("aarch64") ? "native" : "corei7"));
        // GNU C's typeof and VLAs are DPDK's own.
        CHeaders.assertAgree(directory, HEADERS, options, Abi.numbers());
    }

    private static List<String> includes() throws Exception {
        final Path include = Path.of(ROOT, "usr/include");
        if (!Files.exists(include.resolve("dpdk/rte_mbuf.h"))) {
            return new ArrayList<>();
        }
        try (Stream<Path> files = Files.find(include, 3, (path, attributes) -> path.endsWith("rte_config.h"))) {
            final List<String> options = new ArrayList<>(List.of("-I" + include.resolve("dpdk")));
            files.forEach(file -> options.add("-I" + file.getParent()));
            return options;
        }
    }
}
