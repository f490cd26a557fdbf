-- Sends each request of a file once, one line a body, and says at the end in JSON what came of it.
-- Arguments: the file, the path, and how many of its requests were sent before.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  requests, sent, sent_again = {}, 0, 0
  local file, path, before = arguments[1], arguments[2], tonumber(arguments[3])
  local headers = {["Content-Type"] = "application/json"}
  local number = 0
  for line in io.lines(file) do
    number = number + 1
    if number > before then
      requests[#requests + 1] = wrk.format("POST", path, headers, line)
    end
  end
end

function request()
  if sent == #requests then
    sent, sent_again = 0, sent_again + #requests
  end
  sent = sent + 1
  return requests[sent]
end

function done(summary, latency, _)
  local all, again = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("sent") + thread:get("sent_again")
    again = again + thread:get("sent_again")
  end
  io.write(string.format(
    '\nFOUND {"answers": %d, "seconds": %.6f, "sent": %d, "again": %d, "p50_milliseconds": %.3f, '
    .. '"p99_milliseconds": %.3f, "connect": %d, "read": %d, "write": %d, "status": %d, '
    .. '"timeout": %d}\n',
    summary.requests, summary.duration / 1e6, all, again, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, summary.errors.connect, summary.errors.read,
    summary.errors.write, summary.errors.status, summary.errors.timeout))
end
