package io.millrace.nettysuite;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a class of the suite in each pairing; it takes the {@link Pair} as its parameter.
 * {@code -Dmillrace.suite.pairings=LINK,LOCAL} runs only these, {@code -Dmillrace.suite.family=INET6} all over IPv6.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@ArgumentsSource(Pairs.class)
@ExtendWith(OnPair.class)
@interface OverPairings {
    /** Those that the class has something to tell of. */
    Pairing[] value() default {Pairing.LINK, Pairing.LOCAL, Pairing.NIO_CLIENT, Pairing.NIO_SERVER,
            Pairing.EPOLL_CLIENT, Pairing.EPOLL_SERVER};

    /** The families that it is run over. */
    Family[] families() default Family.INET;
}
