package io.millrace.control.lifecycle;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.SynCookies;

/**
 * The numbers of one engine that nobody outside can foresee. Thread: the engine's.
 *
 * @param hashSeed as of {@link io.millrace.fastpath.control.EngineControl#hashSeed}.
 */
public record EngineSecrets(InitialSequenceNumbers sequenceNumbers, FastOpenCookies cookies, SynCookies synCookies,
        EphemeralPorts ports, DatagramIdentifications identifications, long hashSeed) {}
