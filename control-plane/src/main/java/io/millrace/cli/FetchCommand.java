package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.services.HttpFetch;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code millrace fetch}: an HTTP client whose connection is an active open of the stack. */
@Command(name = "fetch", description = {
        "Fetch a URL through a Millrace stack: an active open, GET, and the body on standard output.",
        "The host must be an IPv4 address: there is no resolver. A status of 400 or more ends in exit code 1."})
final class FetchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the body there.")
    private @Nullable Path output;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30", description = "Give up when nothing arrives for so long (default ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Parameters(paramLabel = "URL", description = "http://ADDRESS[:PORT]/PATH")
    private URI url;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new ParameterException(spec.commandLine(), url + ": must be http://ADDRESS[:PORT]/PATH");
        }
        try (Millrace stack = Millrace.launch(stackOptions.config());
                OutputStream body = new BufferedOutputStream(
                        output == null ? new UnclosedOut() : Files.newOutputStream(output), 1 << 16)) {
            final HttpFetch.Result result = HttpFetch.get(stack, url, body, timeoutSeconds);
            body.flush();
            spec.commandLine().getErr().println("HTTP " + result.status() + ", " + result.bytes() + " bytes in "
                    + result.milliseconds() + " ms from " + result.from());
            spec.commandLine().getErr().flush();
            return result.status() < 400 ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** Standard output, which is not ours to close. */
    private static final class UnclosedOut extends OutputStream {
        @Override
        public void write(final int value) {
            System.out.write(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) {
            System.out.write(bytes, offset, length);
        }

        @Override
        public void flush() {
            System.out.flush();
        }
    }
}
