package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of one system call. What they cannot be is an {@link IllegalArgumentException}. */
final class Arguments {
    private final CallEvent call;

    Arguments(final CallEvent call) {
        this.call = call;
    }

    CallEvent call() {
        return call;
    }

    /** Fails unless there are so many, least to most. */
    Arguments count(final int least, final int most) {
        final int size = call.arguments().size();
        if (size < least || size > most) {
            throw new IllegalArgumentException(call.name() + " takes " + least + (least == most ? "" : " to " + most)
                    + " arguments, not " + size);
        }
        return this;
    }

    Expression get(final int index) {
        return call.arguments().get(index);
    }

    boolean isAny(final int index) {
        return get(index) instanceof Expression.Any;
    }

    /** A number or constant; 0 where the call has fewer arguments. */
    long flags(final int index) {
        return index < call.arguments().size() ? number(index) : 0;
    }

    long number(final int index) {
        return number(get(index), "argument " + (index + 1));
    }

    private long number(final Expression expression, final String what) {
        final Long value = switch (expression) {
            case Expression.Number number -> Long.valueOf(number.value());
            case Expression.Name name -> Constants.value(name.parts());
            default -> null;
        };
        if (value == null) {
            throw new IllegalArgumentException(what + " of " + call.name() + ": expected a number or a known constant, "
                    + "not " + expression);
        }
        return value;
    }

    String name(final int index) {
        if (get(index) instanceof Expression.Name name && name.parts().size() == 1) {
            return name.parts().getFirst();
        }
        throw new IllegalArgumentException("argument " + (index + 1) + " of " + call.name() + ": expected a constant");
    }

    /** The one number of {@code [n]}; null for {@code ...} and {@code [...]}. */
    @Nullable
    Long element(final int index) {
        if (get(index) instanceof Expression.Array array && array.elements().size() == 1) {
            final Expression only = array.elements().getFirst();
            return only instanceof Expression.Any ? null : Long.valueOf(number(only, "argument " + (index + 1)));
        }
        if (isAny(index)) {
            return null;
        }
        throw new IllegalArgumentException(
                "argument " + (index + 1) + " of " + call.name() + ": expected [number], not " + get(index));
    }

    List<Expression> array(final int index) {
        if (get(index) instanceof Expression.Array array) {
            return array.elements();
        }
        throw new IllegalArgumentException("argument " + (index + 1) + " of " + call.name() + ": expected [...]");
    }

    /** A member of a structure that is a number. */
    long member(final Expression structure, final String name) {
        final Expression value = structure instanceof Expression.Structure fields ? fields.get(name) : null;
        if (value == null) {
            throw new IllegalArgumentException(call.name() + ": expected a structure with " + name + ", not "
                    + structure);
        }
        return number(value, name);
    }

    /** Bytes of the buffers of {@code [{..., 1000}, {..., 20}]} in all. */
    int vector(final int index) {
        return vector(get(index));
    }

    private int vector(final Expression expression) {
        if (!(expression instanceof Expression.Array array)) {
            throw new IllegalArgumentException(call.name() + ": expected [{..., length}], not " + expression);
        }
        return (int) array.elements().stream()
                .mapToLong(part -> number(((Expression.Structure) part).fields().getLast().value(), "a length")).sum();
    }

    /** Bytes of the buffers of a {@code msghdr} in all. */
    int message(final int index) {
        return vector(((Expression.Structure) get(index)).get("msg_iov"));
    }

    /** The bytes of a string; null for {@code ...}. */
    byte @Nullable [] text(final int index) {
        return get(index) instanceof Expression.Text text ? text.value().getBytes(StandardCharsets.ISO_8859_1) : null;
    }

    /** The port of {@code sin_port = htons(8080)}, or the default for {@code ...}. */
    int port(final int index, final int standard) {
        if (isAny(index)) {
            return standard;
        }
        final Expression port = ((Expression.Structure) get(index)).get("sin_port");
        if (port instanceof Expression.Function function && function.name().equals("htons")) {
            return (int) number(function.arguments().getFirst(), "sin_port");
        }
        throw new IllegalArgumentException(call.name() + ": expected sin_port=htons(number)");
    }

    /** The address of {@code sin_addr = inet_addr("...")}, or the default for {@code ...}. */
    String address(final int index, final String standard) {
        if (isAny(index)) {
            return standard;
        }
        final Expression address = ((Expression.Structure) get(index)).get("sin_addr");
        if (address instanceof Expression.Function function && function.name().equals("inet_addr")
                && function.arguments().getFirst() instanceof Expression.Text text) {
            return text.value();
        }
        if (address instanceof Expression.Name name && name.parts().equals(List.of("INADDR_ANY"))) {
            return "0.0.0.0";
        }
        throw new IllegalArgumentException(call.name() + ": expected sin_addr=inet_addr(\"address\")");
    }
}
