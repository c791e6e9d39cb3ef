package io.millrace.doctor;

import io.millrace.fastpath.port.PortFinding;

/**
 * One thing that is wrong, or may become so.
 *
 * @param symptom which.
 * @param what    what is so, with numbers; a sentence.
 * @param remedy  what to do, with keys and values; a sentence.
 */
public record Finding(Symptom symptom, String what, String remedy) {
    /** About a device that can be opened. */
    static Finding of(final PortFinding finding) {
        return new Finding(
                finding.weight() == PortFinding.Weight.ADVICE ? Symptom.DEVICE_SLOWED : Symptom.DEVICE_HINDERED,
                finding.what() + '.', finding.remedy() + '.');
    }

    /** True where it should be mended; false for an advice. */
    public boolean isProblem() {
        return symptom.isProblem();
    }
}
