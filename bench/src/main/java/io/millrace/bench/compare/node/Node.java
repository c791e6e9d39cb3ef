package io.millrace.bench.compare.node;

import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.work.Client;
import io.millrace.bench.compare.work.End;
import io.millrace.bench.compare.work.Loops;
import io.millrace.bench.compare.work.RawPing;
import io.millrace.bench.compare.work.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The child process. Its arguments say what it is, lines of its standard input what to do; each is answered by one line, which
 * begins with {@code ok} or {@code failed}:
 * <pre>
 * serve PORT                  ok PORT      listens on all addresses; 0: a port that is free
 * connect ADDRESS COUNT PORT  ok           to a service that has so many addresses from this one on
 * start | stop                ok           messages begin; or end, and none is under way any more
 * mark                        ok FIGURES   see {@link Report}
 * compilers                   ok NS        processor time that they have taken
 * rest MS                     ok           loops sleep so long, also those that spin
 * </pre>
 * It ends with its input, or with who has started it.
 */
public final class Node {
    private final NodeSpec spec;
    private final Loops loops;
    private @Nullable End service;
    private @Nullable End client;

    private Node(final NodeSpec spec) throws IOException {
        this.spec = spec;
        loops = switch (spec.role()) {
            case SERVER -> Loops.server(spec.cell());
            case CLIENT -> Loops.client(spec.cell());
            case RAW_CLIENT -> Loops.none();
            case ONE_LOOP, TWO_LOOPS -> Loops.both(spec.cell(), spec.role() == Role.ONE_LOOP);
        };
    }

    /** @param arguments of {@link NodeSpec}. */
    public static void main(final String... arguments) throws IOException {
        Posix.dieWithParent();
        final PrintStream answers = System.out;
        System.setOut(System.err);
        final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Node node = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String answer;
            try {
                node = node == null ? new Node(NodeSpec.parse(arguments)) : node;
                answer = "ok " + node.obey(line.split(" "));
            } catch (final IOException | RuntimeException e) {
                answer = "failed " + String.valueOf(e.getMessage()).replace('\n', ' ');
            }
            answers.println(answer);
            answers.flush();
        }
        if (node != null) {
            CloseHelper.closeAll(node.client, node.service, node.loops);
        }
        System.exit(0);
    }

    private String obey(final String... words) throws IOException {
        return switch (words[0]) {
            case "serve" -> serve(Integer.parseInt(words[1]));
            case "connect" -> connect(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "start" -> {
                for (final End end : ends()) {
                    end.start();
                }
                yield "";
            }
            case "stop" -> {
                for (final End end : ends()) {
                    end.stop();
                }
                yield "";
            }
            case "mark" -> Report.now(counting().mark()).line();
            case "rest" -> {
                loops.rest(Long.parseLong(words[1]));
                yield "";
            }
            case "compilers" -> String.valueOf(Compilers.cpuNs());
            default -> throw new IOException("unknown: " + words[0]);
        };
    }

    private String serve(final int port) throws IOException {
        final Service opened = new Service(loops.server(), spec.cell().workload(), port);
        service = opened;
        return String.valueOf(opened.port());
    }

    private String connect(final String address, final int count, final int port) throws IOException {
        final List<InetSocketAddress> targets = new ArrayList<>();
        final byte[] bytes = InetAddress.getByName(address).getAddress();
        for (int i = 0; i < count; i++) {
            targets.add(new InetSocketAddress(InetAddress.getByAddress(bytes), port));
            // within the last two bytes
            if (++bytes[3] == 0) {
                bytes[2]++;
            }
        }
        client = spec.role() == Role.RAW_CLIENT
                ? new RawPing(spec.cell(), targets.getFirst())
                : new Client(loops.client(), spec.cell(), targets);
        return "";
    }

    private List<End> ends() {
        final List<End> ends = new ArrayList<>();
        if (service != null) {
            ends.add(service);
        }
        if (client != null) {
            ends.add(client);
        }
        return ends;
    }

    /** Where messages arrive that count. */
    private End counting() throws IOException {
        final End first = serverCounts(spec.cell().workload()) ? service : client;
        final End end = first != null ? first : service != null ? service : client;
        if (end == null) {
            throw new IOException("neither serves nor is connected");
        }
        return end;
    }

    /** Whether it is the server that messages of a workload arrive at. */
    static boolean serverCounts(final Workload workload) {
        return workload == Workload.STREAM_IN_1 || workload == Workload.STREAM_IN_8;
    }
}
