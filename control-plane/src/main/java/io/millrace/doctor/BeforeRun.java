package io.millrace.doctor;

import io.millrace.config.Cidr;
import io.millrace.config.ConfigException;
import io.millrace.config.ConfigProblem;
import io.millrace.config.ControlThreading;
import io.millrace.config.EngineKeys;
import io.millrace.config.IdleMode;
import io.millrace.config.IpKeys;
import io.millrace.config.MemoryPlan;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ObserveKeys;
import io.millrace.config.PortKeys;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.lifecycle.CpuFacts;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.lifecycle.LoopThreads;
import io.millrace.control.lifecycle.PortChoice;
import io.millrace.control.shared.SharedHost;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is wrong before a stack starts with a configuration. Thread: one. */
public final class BeforeRun {
    private static final int NEEDED_JDK = 25;
    /** A file of one engine takes 140 KiB. */
    private static final long FILE_BYTES = 1 << 20;

    private final Machine machine;
    private final Function<String, OptionalInt> interfaceMtus;
    private final Cpus cpus;
    private final List<Finding> findings = new ArrayList<>();

    /** Tells of the CPUs that loops may have. */
    @FunctionalInterface
    interface Cpus {
        CpuFacts look() throws IOException;
    }

    /** @param interfaceMtus MTU of an interface of the kernel by its name. */
    BeforeRun(final Machine machine, final Function<String, OptionalInt> interfaceMtus) {
        this(machine, interfaceMtus, CpuFacts::look);
    }

    BeforeRun(final Machine machine, final Function<String, OptionalInt> interfaceMtus, final Cpus cpus) {
        this.machine = machine;
        this.interfaceMtus = interfaceMtus;
        this.cpus = cpus;
    }

    /** Of this machine. */
    public BeforeRun() {
        this(Machine.look(), Machine::interfaceMtu);
    }

    /** What is wrong with the configuration itself, in the words of {@code millrace config check}. */
    public static List<Finding> of(final ConfigException refused) {
        return refused.problems().stream().map(ConfigProblem::toString).map(problem -> new Finding(
                Symptom.CONFIGURATION, problem + ".",
                "`millrace config reference` lists every key with its range.")).toList();
    }

    /** What is wrong with this JVM, whatever the configuration. */
    public List<Finding> jvm() {
        if (machine.jdk() < NEEDED_JDK) {
            add(Symptom.JDK_TOO_OLD,
                    "This is JDK " + machine.jdk() + ", and JDK " + NEEDED_JDK + " or newer is needed.",
                    "Install one, e.g. Eclipse Temurin " + NEEDED_JDK + ", and set JAVA_HOME to it.");
        }
        if (!machine.exportsMemory()) {
            add(Symptom.FLAG_MISSING, "The JVM runs without " + Memory.REQUIRED_FLAG + '.',
                    "Add it to the command line of the JVM; the script `millrace` does so.");
        }
        if (!machine.nativeAccess()) {
            add(Symptom.NATIVE_ACCESS_MISSING, "The JVM runs without --enable-native-access=ALL-UNNAMED.",
                    "Add it to the command line of the JVM; the script `millrace` does so.");
        }
        return taken();
    }

    /**
     * What is wrong with the machine for a stack of this configuration.
     *
     * @param providers the kinds of device that there are.
     */
    public List<Finding> machine(final MillraceConfig config, final List<PacketDeviceProvider> providers) {
        memory(config);
        cores(config);
        cpus(config);
        final DeviceHost host = new DeviceHost(providers);
        final DeviceOpener opener = DeviceOpener.of(providers);
        for (int link = 0; link < config.links(); link++) {
            final MillraceConfig port = config.isShared() ? shared(config, opener) : chosen(config, link, opener);
            if (port == null) {
                continue;
            }
            device(port, providers);
            mtu(port, link == 0 ? PortKeys.MTU.path() : "mtu in " + PortKeys.FURTHER, host);
            if (!config.isShared()) {
                addresses(port, host);
            }
        }
        if (config.get(ObserveKeys.ENABLED) && config.get(ObserveKeys.DIRECTORY).isEmpty()
                && machine.sharedMemoryFreeBytes() < FILE_BYTES) {
            add(Symptom.SHARED_MEMORY_FULL, "Only " + machine.sharedMemoryFreeBytes() + " bytes are free in /dev/shm.",
                    "Make room there (of a container: --shm-size), or set " + ObserveKeys.DIRECTORY + '.');
        }
        return taken();
    }

    /** As the stack would run with what it takes over from its host; null where it would not. */
    private @Nullable MillraceConfig shared(final MillraceConfig config, final DeviceOpener opener) {
        try {
            final SharedHost host = SharedHost.of(config, opener.hostNetwork(config.device()));
            final MillraceConfig effective = host.apply(config);
            for (final PortFinding finding : opener.examineShared(effective, host.ports())) {
                add(Symptom.ADDRESSES_NOT_SHARED, capitalised(finding.what()) + '.',
                        capitalised(finding.remedy()) + '.');
            }
            return effective;
        } catch (final IOException e) {
            add(Symptom.ADDRESSES_NOT_SHARED, capitalised(String.valueOf(e.getMessage())) + '.',
                    "Do what this says, or leave "
                            + PortKeys.SHARED_PORTS + " out.");
            return null;
        }
    }

    private static String capitalised(final String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** A port as it would be opened: with what {@code auto} would choose. */
    private MillraceConfig chosen(final MillraceConfig config, final int link, final DeviceOpener opener) {
        final MillraceConfig port = config.link(link);
        final PortChoice choice = opener.choice(config, link);
        if (choice == null) {
            return port;
        }
        if (choice.picked() == null) {
            add(Symptom.DEVICE_UNAVAILABLE, "No port can be opened: " + choice.sentence() + '.',
                    "Mend one of these, or name another interface.");
            return port;
        }
        return port.toBuilder().set(PortKeys.DEVICE, choice.picked()).build();
    }

    private void device(final MillraceConfig config, final List<PacketDeviceProvider> providers) {
        for (final PacketDeviceProvider provider : providers) {
            if (provider.scheme().equals(config.device().scheme())) {
                device(config, provider);
            }
        }
    }

    private void device(final MillraceConfig config, final PacketDeviceProvider provider) {
        final String cause = provider.unavailabilityCause();
        if (cause != null) {
            cannotBeOpened(config, cause,
                    "Do what this says, or choose another device; `millrace --version` lists those that can be used.");
            return;
        }
        try {
            for (final PortFinding finding : provider.examine(config.deviceRequest())) {
                if (finding.weight() == PortFinding.Weight.FATAL) {
                    cannotBeOpened(config, finding.what(), finding.remedy() + '.');
                } else {
                    findings.add(Finding.of(finding));
                }
            }
        } catch (final IOException e) {
            cannotBeOpened(config, e.getMessage(), "Do what this says, or choose another device.");
        }
    }

    private void cannotBeOpened(final MillraceConfig config, final String cause, final String remedy) {
        add(Symptom.DEVICE_UNAVAILABLE,
                PortKeys.DEVICE + " = " + config.text(PortKeys.DEVICE) + " cannot be opened: " + cause + '.', remedy);
    }

    private void memory(final MillraceConfig config) {
        final MemoryPlan asked = MemoryPlan.of(config);
        final MemoryPlan plan = config.get(EngineKeys.MEMORY_LIMIT) == 0
                ? new MemoryPlan(asked.parts(), machine.memoryBytes())
                : asked;
        if (!plan.fits()) {
            add(Symptom.MEMORY_EXCEEDS_MACHINE,
                    "The stack may come to " + MemoryPlan.mib(plan.total()) + " MiB of memory, but there are only "
                            + MemoryPlan.mib(plan.limitBytes()) + " MiB.",
                    "Lower the largest part, which `millrace memory` shows with its key, or raise "
                            + EngineKeys.MEMORY_LIMIT + '.');
        }
    }

    private void cores(final MillraceConfig config) {
        final IdleMode idle = config.get(ThreadingKeys.IDLE);
        final int busy = idle == IdleMode.SPIN || idle == IdleMode.YIELD ? config.get(ThreadingKeys.ENGINES) : 0;
        final int control = config.get(ThreadingKeys.CONTROL) == ControlThreading.DEDICATED ? 1 : 0;
        if (busy > 0 && busy + control > machine.processors()
                || config.get(ThreadingKeys.ENGINES) > machine.processors()) {
            add(Symptom.TOO_FEW_CORES, config.get(ThreadingKeys.ENGINES) + " engine(s) that idle by "
                    + config.text(ThreadingKeys.IDLE) + (control == 0 ? "" : ", and a thread for the control plane,")
                    + " share " + machine.processors() + " processor(s).",
                    "Less of " + ThreadingKeys.ENGINES + ", " + ThreadingKeys.IDLE + " = adaptive, or "
                            + ThreadingKeys.CONTROL + " = shared.");
        }
    }

    private void cpus(final MillraceConfig config) {
        if (config.loopCpus().isEmpty()) {
            return;
        }
        try {
            final CpuFacts facts = cpus.look();
            LoopThreads.refusal(config, facts).ifPresentOrElse(
                    refusal -> add(Symptom.CPU_REFUSED, refusal + '.', "Name others."),
                    () -> sharedCpus(config, facts));
        } catch (final IOException e) {
            add(Symptom.CPU_REFUSED, ThreadingKeys.CPUS + " = " + config.text(ThreadingKeys.CPUS) + ": "
                    + e.getMessage() + '.', "Leave " + ThreadingKeys.CPUS + " empty.");
        }
    }

    private void sharedCpus(final MillraceConfig config, final CpuFacts facts) {
        final BitSet shared = new BitSet();
        config.loopCpus().forEach(shared::set);
        shared.andNot(facts.isolated());
        if (!shared.isEmpty()) {
            add(Symptom.CPU_SHARED, "The kernel may give CPU " + CpuFacts.text(shared)
                    + ", on which loops run, to other threads too" + facts.describe() + '.',
                    "Start Linux with isolcpus= and nohz_full= for these CPUs, or keep others off them by cpusets.");
        }
    }

    /** @param key what says the MTU of this port. */
    private void mtu(final MillraceConfig config, final String key, final DeviceHost host) {
        if (config.device().argument().isEmpty()) {
            return;
        }
        final int ours = Math.toIntExact(config.get(PortKeys.MTU));
        host.look(config.device(), (name, here) -> {
            final OptionalInt theirs = here ? interfaceMtus.apply(name) : Machine.interfaceMtuOfThread(name);
            return theirs.isPresent() && theirs.getAsInt() != ours
                    ? Optional.of(mtuDiffers(name, here, theirs.getAsInt(), key, ours))
                    : Optional.<Finding>empty();
        }, Optional.<Finding>empty()).ifPresent(findings::add);
    }

    /** @param name the interface's alone: whoever does what is said here cannot use options of the port with it. */
    private static Finding mtuDiffers(final String name, final boolean here, final int theirs, final String key,
            final int ours) {
        return new Finding(Symptom.MTU_DIFFERS,
                "The kernel's side of " + name + " has an MTU of " + theirs + ", the stack's one of " + ours + '.',
                "Set " + key + " = " + theirs + ", or" + (here ? "" : ", in the interface's network namespace")
                        + ": ip link set " + name + " mtu " + ours + '.');
    }

    private void addresses(final MillraceConfig config, final DeviceHost host) {
        final Set<InetAddress> kernel = host.look(config.device(),
                (name, here) -> here ? machine.kernelAddresses() : KernelAddresses.ofThread(), Set.of());
        for (final Cidr own : config.addresses()) {
            kernelAddress(own.address(), kernel).ifPresent(findings::add);
        }
    }

    /** Where the kernel has an address of the stack. */
    static Optional<Finding> kernelAddress(final InetAddress own, final Set<InetAddress> kernel) {
        if (!kernel.contains(own)) {
            return Optional.empty();
        }
        final String address = IpAddress.toString(own);
        return Optional.of(new Finding(Symptom.KERNEL_HAS_ADDRESS,
                "The kernel of this machine has the stack's address " + address
                        + " too, in the network namespace of the device.",
                "Take it from the kernel (ip address del " + address + "/... dev ...), or give the stack another "
                        + IpKeys.ADDRESSES
                        + "; where both must have it, drop the kernel's resets: nft add rule inet filter"
                        + " output ip saddr " + address + " tcp flags rst drop."));
    }

    private void add(final Symptom symptom, final String what, final String remedy) {
        findings.add(new Finding(symptom, what, remedy));
    }

    private List<Finding> taken() {
        final List<Finding> taken = List.copyOf(findings);
        findings.clear();
        return taken;
    }
}
