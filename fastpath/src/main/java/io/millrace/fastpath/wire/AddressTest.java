package io.millrace.fastpath.wire;

/** A question about addresses, without an object for each. */
@FunctionalInterface
public interface AddressTest {
    /** True for an address that is meant; upper and lower half, IPv4 as {@code ::ffff:a.b.c.d}. */
    boolean test(long hi, long lo);
}
