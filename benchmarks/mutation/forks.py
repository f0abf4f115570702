"""Try mutants in forks of one process that has imported the project and collected its tests."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from mutant import Mutant, modules
from swap import Functions
from tests_for import tests_for

#: Seconds of a processor that the tests of one mutant may take together at a first look.
BUDGET: Final = 6.0

#: Seconds of a processor, and by the clock, after which a mutant hangs, which is noticed.
PROCESSOR, CLOCK = 40, 400


class Try:
    """A plugin of pytest: instead of the tests, mutants with the tests of their sources."""

    def __init__(
        self,
        mutants: Sequence[Mutant],
        keep: Callable[[Mutant, dict[str, Any]], None],
        budget: float = BUDGET,
    ) -> None:
        self.mutants, self.keep, self.budget = mutants, keep, budget
        self.killers: Counter[tuple[str, str]] = Counter()
        self.taken: dict[str, float] = {}
        self.sound: dict[str, bool] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        for module in modules():
            importlib.import_module(module[len("src/") : -len(".py")].replace("/", "."))
        functions = Functions()
        scratch: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        for mutant in self.mutants:
            if mutant.source() is None:
                self.keep(mutant, {"outcome": "gone"})
                continue
            items = [i for file in tests_for(mutant.module) for i in files.get(file, ())]
            items = self.in_order(mutant, items)
            told = in_a_fork(functions, mutant, items, scratch, self.budget)
            while told["outcome"] == "killed" and not self.passes(told["by"], items, scratch):
                items = [item for item in items if item.nodeid != told["by"]]
                told = in_a_fork(functions, mutant, items, scratch, self.budget)
            self.taken |= told.pop("taken", {})
            if told["outcome"] == "killed":
                self.killers[mutant.module, told["by"]] += 1
            self.keep(mutant, told)
        return True

    def passes(self, name: str, items: list[pytest.Item], scratch: Path) -> bool:
        """Whether a test passes by itself without a mutant; if it does not, it shows nothing."""
        if name not in self.sound:
            alone = [item for item in items if item.nodeid == name]
            told = (
                in_a_fork(None, None, alone, scratch, self.budget)
                if alone
                else {"outcome": "survived"}
            )
            self.sound[name] = told["outcome"] == "survived"
        return self.sound[name]

    def in_order(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """First what noticed other mutants of the source; then by file, the quickest first, and
        at last what is marked slow of it.

        Of one that has not run yet the fixtures are counted.
        """
        file = {path: place for place, path in enumerate(tests_for(mutant.module))}
        return sorted(
            items,
            key=lambda item: (
                -self.killers[mutant.module, item.nodeid],
                file[item.nodeid.partition("::")[0]],
                item.get_closest_marker("slow") is not None,
                self.taken.get(item.nodeid, 0.01 * len([*getattr(item, "fixturenames", ())])),
            ),
        )


def in_a_fork(
    functions: Functions | None,
    mutant: Mutant | None,
    items: list[pytest.Item],
    scratch: Path,
    budget: float,
) -> dict[str, Any]:
    """What came of the tests in a fork, with a mutant if one is given."""
    if not items:
        return {"outcome": "untested"}  # a run without a test notices nothing
    answer, began = scratch / "answer.json", time.monotonic()
    child = os.fork()
    if child == 0:
        _run(functions, mutant, items, answer, budget)
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() - began > CLOCK:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests started
    told = {"outcome": "killed", "by": "it hangs, or its process ends"}
    if answer.exists():
        told = json.loads(answer.read_text("utf-8"))
    for path in scratch.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return told


def _run(
    functions: Functions | None,
    mutant: Mutant | None,
    items: list[pytest.Item],
    answer: Path,
    budget: float,
) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    taken: dict[str, float] = {}

    def end(**told: Any) -> None:
        answer.write_text(json.dumps({**told, "ran": len(taken), "taken": taken}), "utf-8")
        os._exit(0)

    class FirstFailure:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                taken.setdefault(report.nodeid, 0)
                end(outcome="killed", by=report.nodeid)

    try:
        if functions and mutant and not functions.put(mutant):
            end(outcome="import")
        items[0].config.pluginmanager.register(FirstFailure())
        before = time.process_time()
        for item, after in zip(items, [*items[1:], None], strict=True):
            began = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            taken[item.nodeid] = time.process_time() - began
            if time.process_time() - before > budget:
                break
        end(outcome="survived")
    except BaseException as error:
        end(outcome="killed", by=f"the run of tests: {type(error).__name__}")
