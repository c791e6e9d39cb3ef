package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.config.DhcpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.services.HttpFetch;
import io.netty.util.NetUtil;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        "The host must be an IP address, IPv6 in brackets: there is no resolver. A status of 400 or more ends in exit code 1."})
final class FetchCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65_535;
    private static final int LONGEST_TIMEOUT = 86_400;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the body there.")
    private @Nullable Path output;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30", description = "Give up when nothing arrives for so long, 1 to 86400 (default ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Parameters(paramLabel = "URL", description = "http://ADDRESS[:PORT]/PATH")
    private URI url;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        final MillraceConfig config = stackOptions.config();
        try (OutputStream body = new BufferedOutputStream(open(), 1 << 16);
                Millrace stack = Millrace.builder(config)
                        .onPortChoice(choice -> spec.commandLine().getErr().println(choice.sentence())).launch()) {
            awaitAddress(stack, config);
            final HttpFetch.Result result = HttpFetch.get(stack, url, body, timeoutSeconds);
            body.flush();
            spec.commandLine().getErr().println("HTTP " + result.status() + ", " + result.bytes() + " bytes in "
                    + result.milliseconds() + " ms from "
                    + NetUtil.toSocketAddressString((InetSocketAddress) result.from()));
            spec.commandLine().getErr().flush();
            return result.status() < 400 ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** By DHCP it takes seconds, and so it does where an address is tried before it is used. */
    private void awaitAddress(final Millrace stack, final MillraceConfig config)
            throws IOException, InterruptedException {
        final boolean dhcp = config.get(DhcpKeys.DHCP);
        final boolean expected = dhcp
                || config.addresses().stream().anyMatch(cidr -> !cidr.address().isLinkLocalAddress());
        if (expected && !stack.awaitAddress(Duration.ofSeconds(timeoutSeconds))) {
            throw new IOException("the stack has no address after " + timeoutSeconds + " s"
                    + (dhcp ? ": no DHCP server gave one" : ""));
        }
    }

    /** Whatever is wrong is said before anything starts. */
    private void check() {
        if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null || url.getPort() == 0
                || url.getPort() > LAST_PORT) {
            throw refused(url + ": must be http://ADDRESS[:PORT]/PATH");
        }
        if (NetUtil.createByteArrayFromIpAddressString(url.getHost()) == null) {
            throw refused(url.getHost() + ": must be an IP address, for there is no resolver");
        }
        if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT) {
            throw refused("--timeout " + timeoutSeconds + ": must be 1 to " + LONGEST_TIMEOUT);
        }
    }

    private ParameterException refused(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private OutputStream open() throws IOException {
        if (output == null) {
            return new UnclosedOut();
        }
        try {
            return Files.newOutputStream(output);
        } catch (final IOException e) {
            throw new IOException("cannot write " + FailureReport.sentence(e), e);
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
