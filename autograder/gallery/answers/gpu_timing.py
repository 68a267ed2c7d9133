"""time_it, right in several ways and wrong in those that are known."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right, wrong


@right("a function that waits")
def time_it(fn, device, warmup=3, repeats=10):
    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elif device.type == "mps":
            torch.mps.synchronize()

    for _ in range(warmup):
        fn()
    taken = []
    for _ in range(repeats):
        wait()
        start = time.perf_counter()
        fn()
        wait()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@right("torch.accelerator, nanoseconds, np.median")
def time_it(fn, device, warmup=3, repeats=10):
    taken = np.zeros(warmup + repeats)
    for k in range(warmup + repeats):
        if device.type != "cpu":
            torch.accelerator.synchronize()
        start = time.perf_counter_ns()
        fn()
        if device.type != "cpu":
            torch.accelerator.synchronize()
        taken[k] = (time.perf_counter_ns() - start) / 1e9
    return np.median(taken[warmup:])


@right("events on cuda, a clock elsewhere, torch.median")
def time_it(fn, device, warmup=3, repeats=10):
    for _ in range(warmup):
        fn()
    seconds = []
    if device.type == "cuda":
        for _ in range(repeats):
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            fn()
            end.record()
            torch.cuda.synchronize()
            seconds.append(start.elapsed_time(end) / 1000)
    else:
        if device.type == "mps":
            torch.mps.synchronize()
        for _ in range(repeats):
            before = time.monotonic()
            fn()
            if device.type == "mps":
                torch.mps.synchronize()
            seconds.append(time.monotonic() - before)
    return torch.tensor(seconds, dtype=torch.float64).median().item()


@right("the device's module, sorted by hand")
def time_it(fn, device, warmup=3, repeats=10):
    module = torch.get_device_module(device)
    for _ in range(warmup):
        fn()
    module.synchronize()
    times = []
    while len(times) < repeats:
        begin = time.time()
        fn()
        module.synchronize()
        times += [time.time() - begin]
    times.sort()
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2


@right("imports of its own names, a stream")
def time_it(fn, device, warmup=3, repeats=10):
    clock = time.perf_counter

    def once():
        if device.type == "cuda":
            torch.cuda.current_stream().synchronize()
        elif device.type == "mps":
            torch.mps.synchronize()
        start = clock()
        fn()
        if device.type == "cuda":
            torch.cuda.current_stream().synchronize()
        elif device.type == "mps":
            torch.mps.synchronize()
        return clock() - start

    times = [once() for _ in range(warmup + repeats)][warmup:]
    return sorted(times)[len(times) // 2]


def waited(mistake, *edits, how="", named=True, also=()):
    altered("time_it", "a function that waits", mistake, *edits, how=how, named=named, also=also)


AFTER = "        fn()\n        wait()\n        taken"
BEFORE = "        wait()\n        start"
TAKEN = "taken.append(time.perf_counter() - start)"
WARM = "    for _ in range(warmup):\n        fn()\n"

waited("not-synchronised", (BEFORE, "        start"), (AFTER, "        fn()\n        taken"))
waited("not-synchronised", (AFTER, "        fn()\n        taken"), how="before only")
waited(
    "not-synchronised",
    ("        fn()\n        wait()\n        " + TAKEN, "        fn()\n        " + TAKEN + "\n        wait()"),
    how="after the clock was read",
)
waited(
    "not-synchronised",
    ("torch.cuda.synchronize(device)", "torch.cuda.synchronize"),
    ("torch.mps.synchronize()", "torch.mps.synchronize"),
    how="synchronize without calling it",
)
waited("mps-not-synchronised", ("torch.mps.synchronize()", "pass"))
waited("queue-not-empty", (BEFORE, "        start"))
waited("no-warm-up", (WARM, ""))
waited("warm-up-timed", (WARM, ""), ("range(repeats)", "range(warmup + repeats)"))
waited("warm-up-ignored", ("range(warmup)", "range(3)"))
waited("repeats-ignored", ("range(repeats)", "range(10)"))
waited("mean", ("statistics.median(taken)", "sum(taken) / len(taken)"))
waited("fastest", ("statistics.median(taken)", "min(taken)"))
waited("slowest", ("statistics.median(taken)", "max(taken)"))
waited("sum", ("statistics.median(taken)", "sum(taken)"))
waited("last-only", ("statistics.median(taken)", "taken[-1]"))
waited("milliseconds", ("statistics.median(taken)", "1000 * statistics.median(taken)"))
waited("processor-time", ("perf_counter", "process_time"))
waited(
    "errors-swallowed",
    (
        "        fn()\n        wait()",
        "        try:\n            fn()\n        except Exception:\n            pass\n        wait()",
    ),
    (
        WARM,
        "    for _ in range(warmup):\n        try:\n            fn()\n        except Exception:\n            pass\n",
    ),
)
waited("returns-nothing", ("return statistics", "statistics"))
waited("trimmed-mean", ("statistics.median(taken)", "statistics.fmean(sorted(taken)[1:-1] or taken)"), named=False)
waited("a-list-returned", ("return statistics.median(taken)", "return taken"), named=False)
waited("one-call-too-many", ("return statistics", "fn()\n    return statistics"), named=False)


@wrong("mean", "the whole loop in one go", named=False)
def time_it(fn, device, warmup=3, repeats=10):
    for _ in range(warmup):
        fn()
    if device.type == "cuda":
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()
    start = time.perf_counter()
    for _ in range(repeats):
        fn()
    if device.type == "cuda":
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()
    return (time.perf_counter() - start) / repeats


@wrong("not-synchronised", "the whole loop, and nobody waits")
def time_it(fn, device, warmup=3, repeats=10):
    for _ in range(warmup):
        fn()
    start = time.perf_counter()
    for _ in range(repeats):
        fn()
    return (time.perf_counter() - start) / repeats
