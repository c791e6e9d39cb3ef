package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.CHeaders;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page about the shared memory is right, and enough to speak it: a program in C knows nothing else. */
@Timeout(120)
class ShmSpeakerTest {
    private static final Path PAGE = Path.of("SHARED-MEMORY.md");
    private static final Path SPEAKER = Path.of("src/test/c/shm_speaker.c");
    private static final Pattern NUMBER = Pattern.compile("#define +([A-Z_]+) +(0x[0-9A-F]+|[0-9]+)(?= |\n)");
    private static final int FRAMES = 16;
    private static final int ECHOES = 1_000;
    /** Constants of the class that are no numbers of the layout. */
    private static final List<String> OWN = List.of("MAX_PACKET", "ETHERNET_AND_VLAN", "MOST_QUEUES", "MOST_FRAMES");

    @TempDir
    private Path folder;
    private final Path file = SharedPair.unusedFile();
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void compile() throws Exception {
        assumeTrue(CHeaders.hasCompiler(), "no C compiler");
        Files.writeString(folder.resolve("shm_numbers.h"), numbers());
        final Process compiler = new ProcessBuilder("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-I",
                folder.toString(),
                "-o", folder.resolve("speaker").toString(), SPEAKER.toString()).redirectErrorStream(true).start();
        final String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(said).isZero();
    }

    @AfterEach
    void end() throws IOException {
        processes.forEach(Process::destroyForcibly);
        for (final String suffix : List.of("", ".wake0-0", ".wake1-0")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    private static String numbers() throws IOException {
        final String page = Files.readString(PAGE);
        final int from = page.indexOf("```c\n") + 5;
        return page.substring(from, page.indexOf("```", from));
    }

    @Test
    void shouldHaveThePagesNumbers() throws Exception {
        final Map<String, Long> page = new TreeMap<>();
        final Matcher matcher = NUMBER.matcher(numbers());
        while (matcher.find()) {
            page.put(matcher.group(1), Long.decode(matcher.group(2)));
        }
        final Map<String, Long> code = new TreeMap<>();
        for (final Field field : ShmLayout.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !Modifier.isPrivate(field.getModifiers())
                    && !OWN.contains(field.getName())) {
                code.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        assertThat(page).isEqualTo(code).hasSizeGreaterThan(40);
    }

    private Process speak(final String... options) throws IOException {
        final List<String> command = new ArrayList<>(List.of(folder.resolve("speaker").toString(), file.toString(),
                String.valueOf(ECHOES)));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command).redirectOutput(folder.resolve("log").toFile())
                .redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private ShmDevice open() throws IOException {
        return SharedPair.open(file.toString(), 1_500, 1, FRAMES, false);
    }

    /** Sends until each frame has come back once; what is sent before the speaker is there is dropped, and sent again. */
    private void assertEchoes(final ShmDevice device, final Process speaker) throws Exception {
        int sent = 0;
        int echoed = 0;
        while (echoed < ECHOES) {
            final long dropped = device.queue(0).dropped();
            if (sent < ECHOES && sent - echoed < FRAMES && SharedPair.send(device.queue(0), bytes(sent))
                    && device.queue(0).dropped() == dropped) {
                sent++;
            }
            final byte[] back = SharedPair.receive(device.queue(0));
            if (back != null) {
                final byte[] expected = bytes(echoed++);
                expected[expected.length - 1]++;
                assertThat(back).isEqualTo(expected);
            }
            assertThat(speaker.isAlive() || echoed + FRAMES >= ECHOES).as("the speaker is there, or done").isTrue();
        }
        assertThat(speaker.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    }

    private static byte[] bytes(final int number) {
        final byte[] bytes = new byte[60 + number];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i + number * 7);
        }
        return bytes;
    }

    @Test
    void shouldExchangeFramesWithAProgramInC() throws Exception {
        try (ShmDevice device = open()) {
            assertEchoes(device, speak());
            assertEchoes(device, speak());
            assertThat(SharedPair.framesThatAreThere(device.queue(0))).isEqualTo(FRAMES);
        }
    }

    @Test
    void shouldExchangeFramesWithAProgramInCThatWasThereFirst() throws Exception {
        final Process speaker = speak();
        while (!Files.exists(file.resolveSibling(file.getFileName() + ".wake1-0"))) {
            Thread.onSpinWait();
        }
        try (ShmDevice device = open()) {
            assertEchoes(device, speaker);
            assertThat(SharedPair.framesThatAreThere(device.queue(0))).isEqualTo(FRAMES);
        }
    }

    @Test
    void shouldGoOnWithAnotherAfterOneHasDied() throws Exception {
        try (ShmDevice device = open()) {
            for (int i = 1; i <= 3; i++) {
                assertEchoes(device, speak("die"));
                // The look at the lock is due, by the clock that the port is given.
                device.queue(0).receive(new long[1], 0, 0, i * 1_000_000_000L);
                assertThat(SharedPair.framesThatAreThere(device.queue(0))).isEqualTo(FRAMES);
            }
            assertEchoes(device, speak());
        }
    }
}
