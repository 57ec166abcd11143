-- Requests of one case of the registry's HTTP API, made on the fly; and one line of results at the end.
-- Arguments after "--": case, number of services, instances per service, index of the first request.
-- Instance i belongs to service floor(i / perService); reads go from service to service.

local cases = {
    list = {
        method = "GET",
        head = "/nacos/v1/ns/instance/list?namespaceId=public&serviceName=DEFAULT_GROUP%40%40bench-",
        tail = "&clusters=&clientIP=127.0.0.1&udpPort=0&healthyOnly=false",
    },
    beat = {
        method = "PUT",
        head = "/nacos/v1/ns/instance/beat?namespaceId=public&serviceName=DEFAULT_GROUP%40%40bench-",
        tail = "&clusterName=DEFAULT",
        instance = true,
    },
    register = {
        method = "POST",
        head = "/nacos/v1/ns/instance?namespaceId=public&serviceName=DEFAULT_GROUP%40%40load-",
        tail = "&clusterName=DEFAULT&weight=1.0&enable=true&healthy=true&ephemeral=true&metadata=%7B%7D&app=unknown",
        instance = true,
    },
    declare = {
        method = "POST",
        head = "/nacos/v1/ns/instance?namespaceId=public&serviceName=DEFAULT_GROUP%40%40declared-",
        tail = "&clusterName=DEFAULT&weight=1.0&enable=true&healthy=true&ephemeral=false&metadata=%7B%7D&app=unknown",
        instance = true,
    },
    -- etcd's HTTP gateway: key and value are base64, which 12 digits and a run of one letter are as they stand; the value is 132 bytes long,
    -- about what the record of an instance takes.
    etcd = { method = "POST", put = "/v3/kv/put", value = string.rep("A", 176) },
}

local floor = math.floor
local case, services, per_service, next_index

function init(args)
    wrk.headers["User-Agent"] = "Nacos-Java-Client:v1.4.8"
    case = cases[args[1]]
    services = tonumber(args[2])
    per_service = tonumber(args[3])
    next_index = tonumber(args[4])
end

function request()
    local i = next_index % (services * per_service)
    next_index = next_index + 1
    if case.put then
        return wrk.format(case.method, case.put, nil, string.format('{"key":"%012d","value":"%s"}', i, case.value))
    end
    if not case.instance then
        return wrk.format(case.method, case.head .. i % services .. case.tail)
    end
    -- On loopback: persistent instances are checked, and load stays on this machine.
    local ip = "&ip=127." .. floor(i / 65536) .. "." .. floor(i / 256) % 256 .. "." .. i % 256 .. "&port=8080"
    return wrk.format(case.method, case.head .. floor(i / per_service) .. ip .. case.tail)
end

-- requests, microseconds, socket errors, responses other than 2xx and 3xx, median and 99th percentile in microseconds
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("result %d %d %d %d %d %d\n", summary.requests, summary.duration,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status,
        latency:percentile(50), latency:percentile(99)))
end
