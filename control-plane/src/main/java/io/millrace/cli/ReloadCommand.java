package io.millrace.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code millrace reload}: a running {@code millrace serve} reads its configuration anew. */
@Command(name = "reload", description = {
        "Have a running `millrace serve` read its configuration anew: file, system properties and command line, as at its"
                + " start. No connection is dropped.",
        "All or nothing: where one key is wrong, or cannot change while the stack runs, nothing changes, every such key is"
                + " named, and the exit code is 2. config/millrace.conf says of each key what becomes of a change.",
        "SIGHUP does the same; what became of it is then printed by the process."})
final class ReloadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--pid", paramLabel = "PID", description = "The process. Without --pid and --file: the only one that runs.")
    private @Nullable Long pid;

    @Option(names = "--file", paramLabel = "FILE", description = "A file of the process, or its folder, where millrace.observe.directory is set.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        final List<String> answer = ask(ReloadSocket.find(pid, file));
        if (answer.isEmpty()) {
            throw new IOException("the process ended before it answered");
        }
        final int code = Integer.parseInt(answer.getFirst());
        final PrintWriter to = code == ExitCode.OK ? spec.commandLine().getOut() : spec.commandLine().getErr();
        answer.subList(1, answer.size()).forEach(to::println);
        to.flush();
        return code;
    }

    private static List<String> ask(final Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(channel)
                    .write((ReloadSocket.REQUEST + "\n").getBytes(StandardCharsets.UTF_8));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (final IOException e) {
            throw new IOException("cannot ask " + socket + " to reload: " + e.getMessage(), e);
        }
    }
}
