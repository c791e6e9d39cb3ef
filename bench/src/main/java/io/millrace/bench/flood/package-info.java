/**
 * Millrace's listener and the kernel's under the same flood of SYNs: namespaces, the sender of the flood, the load of
 * connections that are there and of new ones. Needs root. Thread: as each says. Imports: everything of Millrace.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.bench.flood;
