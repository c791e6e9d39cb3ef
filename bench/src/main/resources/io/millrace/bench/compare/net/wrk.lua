-- What wrk has measured, for a program: duration (us), requests, bytes, errors, processor time (s); then how often each
-- latency (us) was seen.
done = function(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("figures %d %d %d %d %.6f\n", summary.duration, summary.requests, summary.bytes,
        e.connect + e.read + e.write + e.status + e.timeout, os.clock()))
    for i = 1, #latency do
        local value, count = latency(i)
        io.write(string.format("latency %d %d\n", value, count))
    end
end
