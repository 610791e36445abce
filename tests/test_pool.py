"""What is in memory: one load at a time, least recently used out, never one in use, a second try when memory runs out."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from lmdemo import pool as pool_module
from lmdemo.errors import HubError, OptionError, ResourceError
from lmdemo.pool import Key, Pool, Progress, choose_device, memory_limit


class Fake:
    """An adapter of so many bytes."""

    def __init__(self, size: int) -> None:
        self.model, self.in_use = nn.Linear(size // 4, 1, bias=False), False


def key(name: str) -> Key:
    return Key(name, "scratch", "cpu")


def test_of_many_at_once_one_opens_and_all_get_the_same():
    pool, opened, release = Pool(10_000), [], threading.Event()

    def open_(report):
        opened.append(1)
        report(Progress("downloading", 1, 2))
        release.wait(5)
        return Fake(400)

    told: list[Progress] = []
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(pool.get, key("a"), open_, progress=told.append) for _ in range(4)]
        while not any(s.progress and s.progress.done for s in pool.status()):
            pass
        release.set()
        assert len({id(w.result()) for w in waiting}) == 1
    assert len(opened) == 1 and pool.status()[0].state == "ready" and pool.status()[0].bytes == 400
    assert pool.get(key("a"), open_) is waiting[0].result() and len(opened) == 1


def test_the_least_recently_used_goes_first():
    pool = Pool(1000)
    for name in "ab":
        pool.get(key(name), lambda _: Fake(400), expected=400)
    pool.get(key("a"), lambda _: Fake(400))
    pool.get(key("c"), lambda _: Fake(400), expected=400)
    assert [s.key.name for s in pool.status()] == ["c", "a"]


def test_one_in_use_stays_and_the_new_one_waits_for_it(monkeypatch):
    pool = Pool(1000)
    busy = pool.get(key("a"), lambda _: Fake(800), expected=800)
    busy.in_use = True
    stages: list[str] = []

    def told(progress):
        stages.append(progress.stage)
        if progress.stage == "waiting" and stages.count("waiting") == 3:
            assert pool.status()[-1].key.name == "a"
            busy.in_use = False

    pool.get(key("b"), lambda _: Fake(800), expected=800, progress=told)
    assert stages.count("waiting") == 3 and [s.key.name for s in pool.status()] == ["b"]
    pool.get(key("b"), lambda _: Fake(800)).in_use = True
    monkeypatch.setattr(pool_module, "WAIT_FOR_MEMORY", 0.1)
    with pytest.raises(ResourceError, match="with those in use"):
        pool.get(key("c"), lambda _: Fake(800), expected=800)
    with pytest.raises(ResourceError):
        pool.get(key("d"), lambda _: Fake(8), expected=2000)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")])
def test_when_memory_runs_out_idle_models_go_and_it_is_tried_again(error):
    pool, tries = Pool(10_000), []
    pool.get(key("idle"), lambda _: Fake(400))

    def open_(_):
        tries.append(len([s for s in pool.status() if s.state == "ready"]))
        if len(tries) == 1:
            raise error
        return Fake(400)

    pool.get(key("a"), open_)
    assert tries == [1, 0]

    def never(_):
        raise error

    with pytest.raises(ResourceError):
        pool.get(key("b"), never)


def test_errors_reach_everyone_and_the_next_call_tries_again():
    pool, begun, gate = Pool(10_000), threading.Event(), threading.Event()

    def fail(_):
        begun.set()
        gate.wait(5)
        raise HubError("hub_refused", expected="x", got="HTTP 500", hint="Again.")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(pool.get, key("a"), fail)
        begun.wait(5)
        second = threads.submit(
            pool.get, key("a"), fail, progress=lambda _: gate.set()
        )  # told how far the first one is
        assert [type(one.exception(5)) for one in (first, second)] == [HubError, HubError]
    assert pool.get(key("a"), lambda _: Fake(8)) and len(pool.status()) == 1


def test_who_waits_takes_over_when_the_first_one_stops():
    pool, begun, stop = Pool(10_000), threading.Event(), threading.Event()

    def stopped(_):
        begun.set()
        stop.wait(5)
        raise HubError("download_stopped", expected="x", got="-", hint="Again.")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(pool.get, key("a"), stopped)
        begun.wait(5)
        second = threads.submit(pool.get, key("a"), lambda _: Fake(8))
        stop.set()
        assert isinstance(first.exception(5), HubError) and isinstance(second.result(5), Fake)


def test_limits_and_devices_come_from_options(monkeypatch, tmp_path):
    for text, size in (("800MB", 800_000_000), ("1.5 GB", 1_500_000_000), ("64", 64_000_000)):
        monkeypatch.setenv("LMDEMO_MEMORY", text)
        assert memory_limit() == size
    monkeypatch.setenv("LMDEMO_MEMORY", "much")
    with pytest.raises(OptionError):
        memory_limit()
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "cgroup").write_text("0::/a/b\n")
    files = pool_module._cgroup_files(tmp_path, tmp_path / "cgroup")
    assert files == [tmp_path / "a" / "b" / "memory.max", tmp_path / "a" / "memory.max", tmp_path / "memory.max"]
    assert choose_device("cpu") == "cpu"
    with pytest.raises(OptionError):
        choose_device("abacus")


def test_a_call_computes_with_its_threads_and_gives_them_back():
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), pool_module.computing_with(before + 1):
        assert torch.get_num_threads() == before + 1
        raise ZeroDivisionError
    assert torch.get_num_threads() == before
