package io.millrace.interop;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of it runs over IPv4 and over IPv6. */
@ParameterizedClass(name = "{0}")
@EnumSource(Family.class)
abstract class KernelInteropBothFamilies extends KernelInterop {}
