package io.millrace.interop;

/** The addresses of both sides of the link. */
enum Family {
    V4("10.77.0.2", "10.77.0.1", "10.77.0.99", "10.77.0.0/24"),
    V6("fd77::2", "fd77::1", "fd77::99", "fd77::/64");

    final String stack;
    final String kernel;
    /** Of a host that there is not. */
    final String nobody;
    final String network;

    Family(final String stack, final String kernel, final String nobody, final String network) {
        this.stack = stack;
        this.kernel = kernel;
        this.nobody = nobody;
        this.network = network;
    }

    int prefixLength() {
        return Integer.parseInt(network.substring(network.indexOf('/') + 1));
    }

    /** As URLs and {@code ss} write it. */
    String host(final String address) {
        return this == V6 ? "[" + address + "]" : address;
    }
}
