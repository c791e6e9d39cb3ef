/**
 * What the control plane counts, next to the engines' own counters. Thread: any. Imports: nothing of Millrace.
 */
@org.jspecify.annotations.NullMarked
package io.millrace.control.counters;
