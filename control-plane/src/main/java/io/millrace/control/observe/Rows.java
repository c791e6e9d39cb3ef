package io.millrace.control.observe;

import java.util.List;
import java.util.Map;

/** What can be asked for: one kind of thing that the control plane has. Thread: the agent's. */
@FunctionalInterface
public interface Rows {
    /** All there are now, each as pairs of names and values. */
    List<Map<String, String>> now();
}
