package io.millrace.control.lifecycle;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.IcmpErrors;
import io.millrace.fastpath.control.OtherEngines;
import io.millrace.fastpath.control.OwnPorts;

/**
 * What an engine is told once of its stack. Thread: any.
 *
 * @param engines        how many the stack has.
 * @param observedMemory {@link EngineControl#observedMemory}.
 * @param v6Only         {@link EngineControl#v6Only}.
 * @param flowLabels     {@link EngineControl#flowLabels}.
 * @param ownPorts       {@link EngineControl#ownPorts}.
 * @param hasDhcpClient  {@link EngineControl#hasDhcpClient}.
 * @param otherEngines   {@link EngineControl#otherEngines}.
 * @param segments       {@link EngineControl#segmentsOfOthers}.
 */
public record EngineViewSettings(int engines, long observedMemory, boolean v6Only, boolean flowLabels,
        OwnPorts ownPorts, boolean hasDhcpClient, IcmpErrors otherEngines, OtherEngines segments) {}
