package io.millrace.nettysuite;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The pairs that a class is run on. Their grounds live until the whole run ends, in JUnit's outermost store. */
final class Pairs implements ArgumentsProvider {
    private static final Set<Pairing> WANTED = wanted(System.getProperty("millrace.suite.pairings", ""));

    private static Set<Pairing> wanted(final String names) {
        return names.isBlank()
                ? Set.of(Pairing.values())
                : Arrays.stream(names.split(",")).map(Pairing::valueOf).collect(Collectors.toSet());
    }

    /** What is run over IPv4 may be run over another family. */
    private static Family wanted(final Family family) {
        return family == Family.INET
                ? Family.valueOf(System.getProperty("millrace.suite.family", Family.INET.name()))
                : family;
    }

    @Override
    public Stream<? extends Arguments> provideArguments(final ParameterDeclarations parameters,
            final ExtensionContext context) {
        final Store store = context.getRoot().getStore(Namespace.create(Pairs.class));
        final OverPairings over = context.getRequiredTestClass().getAnnotation(OverPairings.class);
        return Arrays.stream(over.value()).filter(WANTED::contains).flatMap(pairing -> Arrays.stream(over.families())
                .map(family -> Arguments.of(new Pair(pairing, wanted(family), ground(pairing, store)))));
    }

    private static Supplier<Ground> ground(final Pairing pairing, final Store store) {
        return switch (pairing) {
            case LINK -> () -> store.getOrComputeIfAbsent(LinkGround.class, type -> make(LinkGround::new),
                    LinkGround.class);
            case LOCAL -> () -> store.getOrComputeIfAbsent(LocalGround.class, type -> make(LocalGround::new),
                    LocalGround.class);
            default -> () -> store.getOrComputeIfAbsent(TapGround.class, type -> make(TapGround::new),
                    TapGround.class);
        };
    }

    /** Makes a ground. */
    @FunctionalInterface
    private interface Maker<T> {
        T make() throws Exception;
    }

    private static <T> T make(final Maker<T> maker) {
        try {
            return maker.make();
        } catch (final Exception e) {
            throw new IllegalStateException("cannot make what the suite runs on", e);
        }
    }
}
