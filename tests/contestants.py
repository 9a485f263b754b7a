"""Processes that do the same at once on one store, round by round."""

import multiprocessing
import traceback
from queue import Empty

import fingerpost
from stores import open_store
from waiting import LIMIT_S, until

PROCESSES = 4

# Forked children would inherit connections and locks that are in use.
SPAWN = multiprocessing.get_context("spawn")


class Contestants:
    """Processes that wait for each other before each round."""

    def __init__(self, tasks):
        self._answers = SPAWN.Queue()
        # Kept here too: a process object forgets its arguments before the child has read them.
        self._start = SPAWN.Barrier(len(tasks))
        self._processes = [
            SPAWN.Process(
                target=compete, args=(task, arguments, self._start, self._answers, number)
            )
            for number, (task, *arguments) in enumerate(tasks)
        ]

    def run(self, longest_s=0):
        """Return each process's result, in the order of the tasks.

        Args:
            longest_s: for how long they are to work, if that is a time.
        """
        limit_s = longest_s + LIMIT_S
        for process in self._processes:
            process.start()
        answers = dict(until(self._next_answer, limit_s) for _ in self._processes)
        for process in self._processes:
            process.join()
            process.close()
        failures = [answer for answer in answers.values() if isinstance(answer, RuntimeError)]
        if failures:
            # The others' barrier is broken by the first that fails.
            raise min(failures, key=lambda failure: "BrokenBarrierError" in str(failure))
        return [answers[number] for number in range(len(self._processes))]

    def _next_answer(self):
        codes = [process.exitcode for process in self._processes]
        try:
            return self._answers.get(timeout=1)
        except Empty:
            # Looked at before: what a process answered is there when it has ended.
            assert None in codes, f"processes ended without an answer: {codes}"
            assert not any(codes), f"a process died: {codes}"
            return None


def compete(task, arguments, start, answers, number):
    try:
        answers.put((number, task(start.wait, *arguments)))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        answers.put((number, RuntimeError("".join(traceback.format_exception(error)))))
        start.abort()


def team_store(folder, trials=0):
    """Make a store with a team, and for each trial a registry collection with two versions."""
    store = open_store(folder)
    with fingerpost.init("team", "project", store=store, actor="alice") as run:
        versions = [logged(run, "weights", str(number)) for number in range(2)] if trials else []
        for trial in range(trials):
            for version in versions:
                version.link(f"wandb-registry-Model/{trial}", aliases=[])
    return store


def logged(run, name, content):
    artifact = fingerpost.Artifact(name, "model")
    with artifact.new_file("data.txt") as file:
        file.write(content)
    return run.log_artifact(artifact)
