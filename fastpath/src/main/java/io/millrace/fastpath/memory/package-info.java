/**
 * Off-heap memory: regions, a slab of blocks, tables of records, byte rings and the ranges received out of order. All
 * of it is sized and bounded at construction; pages become resident when first touched.
 * <p>
 * Thread: one, the engine's, except where a class says otherwise. May import Agrona's Unsafe access, nothing else.
 */
@NullMarked
package io.millrace.fastpath.memory;

import org.jspecify.annotations.NullMarked;
