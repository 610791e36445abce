"""On ZeroGPU the calls of a hub's model, and no others, run where a GPU is lent: arguments and results can travel."""

import subprocess
import sys

from tests.conftest import PROJECT

# A stand-in for the package of that name: what it wraps runs in a forked process, as there; all is pickled on the way.
FAKE = """
import functools, inspect, multiprocessing, pickle, sys, types

def GPU(function):
    def run(queue, args):
        args = pickle.loads(args)
        for one in function(*args) if inspect.isgeneratorfunction(function) else [function(*args)]:
            queue.put(pickle.dumps(one))
        queue.put(None)

    def lent(*args):
        print("lent to", function.__name__)
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        process = context.Process(target=run, args=(queue, pickle.dumps(args)))
        process.start()
        while (one := queue.get()) is not None:
            yield pickle.loads(one)
        process.join()

    if inspect.isgeneratorfunction(function):
        return functools.wraps(function)(lambda *args: lent(*args))
    return functools.wraps(function)(lambda *args: list(lent(*args))[-1])

sys.modules["spaces"] = types.SimpleNamespace(GPU=GPU)

import os, operator, lmdemo
from demos.core import sources
from demos.core.tab import calling

parent = os.getpid()

class Adapter:
    def __init__(self, source): self.source = source
    def __call__(self, x, *, trace=False): return x, trace, self.source, os.getpid() == parent
    def stream(self, n): yield from range(n)

lmdemo.load = lambda name, source="scratch": Adapter(source)
print(sources.call("net", "scratch", calling("x", trace=True)))
print(list(sources.stream("net", "scratch", operator.methodcaller("stream", 2))))
print(sources.call("net", "hub", calling("x", trace=True)))
print(list(sources.stream("net", "hub", operator.methodcaller("stream", 3))))
print(sources.call("net", "hub-weights", calling("y")))
"""


def test_a_gpu_is_lent_to_hub_models_alone():
    done = subprocess.run([sys.executable, "-c", FAKE], cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == [
        "('x', True, 'scratch', True)",
        "[0, 1]",
        "lent to _on_gpu",
        "('x', True, 'hub', False)",
        "lent to _stream_on_gpu",
        "[0, 1, 2]",
        "lent to _on_gpu",
        "('y', False, 'hub-weights', False)",
    ], done.stderr
