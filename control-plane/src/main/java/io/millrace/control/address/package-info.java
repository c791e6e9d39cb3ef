/**
 * The stack's own addresses and its routes, both families: checked, changed and published whole as an immutable snapshot
 * that engines read without a lock; the longest prefix, its link, and the source that suits a destination (RFC 6724);
 * and what each link has of it. Thread: any.
 * Imports: {@code config}, {@code fastpath.control}, {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.address;
