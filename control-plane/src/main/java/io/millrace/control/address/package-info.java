/**
 * The stack's own addresses and its routes: checked and published whole as an immutable snapshot that engines
 * read without a lock. Thread: any. Imports: {@code config}, {@code fastpath.control}, {@code fastpath.wire}.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.address;
