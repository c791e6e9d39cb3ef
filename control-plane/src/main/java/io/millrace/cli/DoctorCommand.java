package io.millrace.cli;

import io.millrace.config.ConfigException;
import io.millrace.config.MillraceConfig;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.lifecycle.PortChoice;
import io.millrace.doctor.BeforeRun;
import io.millrace.doctor.DuringRun;
import io.millrace.doctor.Finding;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace doctor}. */
@Command(name = "doctor", description = {
        "Say what is wrong, why it matters and what to do: before a run with a configuration, or in a running stack.",
        "Ends with exit code 1 where there is a problem; advice alone is 0."})
final class DoctorCommand implements Callable<Integer> {
    private static final int LONGEST = 3_600;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private StackTarget target;

    @Option(names = "--running", description = "Look at the only stack that runs, as --pid does at that of a process.")
    private boolean running;

    @Option(names = "--seconds", paramLabel = "N", description = "Of a running stack: judge what happens in so many seconds, not all since it started.")
    private int seconds;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 0 || seconds > LONGEST) {
            throw new ParameterException(spec.commandLine(), "--seconds " + seconds + ": must be 0 to " + LONGEST);
        }
        final List<Finding> findings = running || target.isNamed() ? duringRun() : beforeRun();
        print(findings);
        return findings.stream().anyMatch(Finding::isProblem) ? ExitCode.FAILED : ExitCode.OK;
    }

    private List<Finding> duringRun() throws IOException, InterruptedException {
        try (Observer observer = target.open()) {
            return DuringRun.of(observer, seconds, DeviceOpener.discover().providers());
        }
    }

    private List<Finding> beforeRun() {
        final BeforeRun doctor = new BeforeRun();
        final List<Finding> findings = new ArrayList<>(doctor.jvm());
        try {
            final MillraceConfig config = stackOptions.config();
            final DeviceOpener devices = DeviceOpener.discover();
            devices.check(config);
            choices(config, devices);
            findings.addAll(doctor.machine(config, devices.providers()));
        } catch (final ConfigException e) {
            findings.addAll(BeforeRun.of(e));
        }
        return findings;
    }

    /** What {@code auto} would choose, and why not the rest. */
    private void choices(final MillraceConfig config, final DeviceOpener devices) {
        for (int link = 0; link < config.links() && !json; link++) {
            final PortChoice choice = devices.choice(config, link);
            if (choice != null) {
                spec.commandLine().getOut().println(choice.asked() + ":\n" + choice.listing());
            }
        }
    }

    private void print(final List<Finding> findings) {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.of(findings.stream().map(DoctorCommand::json).toList()));
        } else if (findings.isEmpty()) {
            out.println("Nothing is wrong that could be seen.");
        } else {
            final Ansi ansi = spec.commandLine().getColorScheme().ansi();
            for (final Finding finding : findings) {
                final String kind = finding.isProblem() ? "problem" : "advice";
                out.println(ansi.string("@|bold " + kind + "|@ ") + finding.symptom().label());
                out.println("  " + finding.what());
                out.println("  " + finding.symptom().why());
                out.println("  " + finding.remedy());
            }
        }
        out.flush();
    }

    private static Map<String, Object> json(final Finding finding) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("symptom", finding.symptom().label());
        json.put("problem", finding.isProblem());
        json.put("what", finding.what());
        json.put("why", finding.symptom().why());
        json.put("remedy", finding.remedy());
        return json;
    }
}
