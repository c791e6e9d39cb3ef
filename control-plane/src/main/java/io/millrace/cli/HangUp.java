package io.millrace.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which daemons are told to read their configuration anew. The JDK has no other way to it than
 * {@code sun.misc.Signal} (module jdk.unsupported), which javac warns of wherever it is named: so it is reached by its name
 * alone. Thread: any.
 */
final class HangUp {
    private HangUp() {}

    /**
     * From now on SIGHUP runs this, on a thread of the JVM, in the place of ending the process.
     *
     * @return false where the JVM does not give it away (-Xrs), or the platform has none.
     */
    static boolean runs(final Runnable action) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final Object onSignal = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> "SIGHUP";
                    });
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("HUP"), onSignal);
            return true;
        } catch (final InvocationTargetException e) {
            return false;
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("the JVM has no sun.misc.Signal: module jdk.unsupported is missing", e);
        }
    }
}
