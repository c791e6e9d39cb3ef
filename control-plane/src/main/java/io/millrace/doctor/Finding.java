package io.millrace.doctor;

/**
 * One thing that is wrong, or may become so.
 *
 * @param symptom which.
 * @param what    what is so, with numbers; a sentence.
 * @param remedy  what to do, with keys and values; a sentence.
 */
public record Finding(Symptom symptom, String what, String remedy) {
    /** True where it should be mended; false for an advice. */
    public boolean isProblem() {
        return symptom.isProblem();
    }
}
