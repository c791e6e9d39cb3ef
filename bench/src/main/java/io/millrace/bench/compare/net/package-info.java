/**
 * Cells with the kernel's client as the fixed partner: two namespaces, a veth or a TAP between them, a server to be
 * exchanged, and wrk. Needs root. Thread: the command's. Imports {@code compare.run}, {@code compare.result},
 * {@code compare.node} and {@code machine}.
 */
@NullMarked
package io.millrace.bench.compare.net;

import org.jspecify.annotations.NullMarked;
