"""A run from its words to its result: folders, parts, what is kept, and what combines it."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from . import app as the_app
from .gallery import Gallery, read_gallery, table
from .named_error import Exit, NamedError
from .part import Done, Task, move_whole
from .part_folder import records_of, unpack
from .progress import Progress
from .run_folder import Asked, RunFolder, write_whole
from .schedule import Policy, Pool, Report, run_tasks
from .words import Options

Ref = TypeVar("Ref")


@dataclass
class Work:
    """One command of a run: the only one, or a recipe's."""

    name: str
    folder: RunFolder
    finished: dict[int, int] = field(default_factory=dict)
    error: str = ""

    @property
    def whole(self) -> bool:
        """Say whether every part is finished."""
        return len(self.finished) == self.folder.asked.parts


class Run:
    """What was asked for, its folders held until ``close``."""

    def __init__(self, options: Options, app: Path, here: Path) -> None:
        """Open or go on with the folders of the run.

        Raises ``NamedError`` for words, lists and folders that do not fit.
        """
        self.options = options
        self.app = app
        self.here = here
        self.version = the_app.version_of(app)
        self.gallery = read_gallery(options.gallery) if options.gallery else None
        self.works: dict[str, Work] = {}
        self._open = contextlib.ExitStack()
        try:
            for name, command, root in self._commands():
                folder = RunFolder.open(root, Asked(command, options.parts, str(here), self.version))
                self._open.callback(folder.close)
                work = Work(name, folder)
                work.finished = dict(folder.finished())
                self.works[name] = work
        except BaseException:
            self._open.close()
            raise

    @property
    def total(self) -> int:
        """Count the parts of all its commands."""
        return len(self.works) * self.options.parts

    def close(self) -> None:
        """Let other processes have its folders."""
        self._open.close()

    def tasks(self) -> Iterator[Task]:
        """Give the parts that are not finished, of one recipe after the other."""
        for work in self.works.values():
            root = work.folder.root
            task = Task(
                name=work.name,
                command=work.folder.asked.command,
                index=0,
                count=self.options.parts,
                run=str(root),
                run_id=sha256(f"{root}\0{uuid.getnode()}".encode()).hexdigest()[:16],
                app=str(self.app),
                here=str(self.here),
                version=self.version,
                ship=self.options.ship,
                ship_limit=self.options.ship_limit,
                stalled_after=self.options.stalled_after,
            )
            missing = (index for index in range(1, self.options.parts + 1) if index not in work.finished)
            yield from (replace(task, index=index) for index in missing)

    def compute(self, pool: Pool[Ref], progress: Progress, stopped: Callable[[], int]) -> Report:
        """Run all parts that are not finished."""
        for work in self.works.values():
            for records in work.finished.values():
                progress.kept(records)
        policy = Policy(
            retries=self.options.retries,
            deaths=self.options.deaths,
            in_flight=self.options.in_flight,
            all_or_nothing=self.gallery is None,
        )
        report = run_tasks(self.tasks(), pool, policy, self._keep, progress, stopped)
        for task, done in report.failures:
            self.works[task.name].error = f"{task.title}: {done.error or f'it ended with {done.exit}'}"
        return report

    def finish(self) -> Exit:
        """Combine what is whole; of a gallery, write the table of all.

        Raises ``NamedError`` where the only command's parts do not combine.
        """
        code = Exit.DONE
        for work in self.works.values():
            if not work.whole:
                code = Exit.FAILED
                continue
            try:
                the_app.combine(self.app, work.folder.part_names(), work.folder.parts, work.folder.result)
            except NamedError as error:
                if self.gallery is None:
                    raise
                work.error, code = str(error), Exit.FAILED
            else:
                # What a node that was lost had left of parts which others finished.
                shutil.rmtree(work.folder.root / "journals", ignore_errors=True)
        if self.gallery is not None:
            self._write_table(self.gallery)
        return code

    def _commands(self) -> Iterator[tuple[str, tuple[str, ...], Path]]:
        command, out = self.options.command, self.options.out
        if self.gallery is None:
            yield "", command, out
            return
        for recipe in self.gallery.recipes:
            yield recipe.name, (*command, *recipe.words), out / recipe.name

    def _keep(self, task: Task, done: Done) -> Done:
        """Take what a finished part sent, or look at what it wrote."""
        work = self.works[task.name]
        final = work.folder.parts / task.folder_name
        try:
            if task.ship:
                self._unpack(done.packed, final)
            elif not final.is_dir():
                what = f"{task.title} is finished on {done.where} and is not here"
                raise NamedError("PartNotSeen", what, str(final), "put --out on storage that all nodes share, or add --ship")
            records = records_of(final, task.index, task.count)
        except NamedError as error:
            return replace(done, exit=error.code, error=str(error), packed=b"")
        work.finished[task.index] = records
        return replace(done, records=records, packed=b"")

    def _unpack(self, packed: bytes, final: Path) -> None:
        staging = final.with_name(f"{final.name}.partial-{uuid.uuid4().hex[:12]}")
        try:
            unpack(packed, staging, self.options.ship_limit)
            move_whole(staging, final)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _write_table(self, gallery: Gallery) -> None:
        rows = [
            {
                "recipe": work.name,
                "state": "failed" if work.error else "done" if work.whole else "unfinished",
                "parts": len(work.finished),
                "records": sum(work.finished.values()),
                "error": work.error,
            }
            for work in self.works.values()
        ]
        write_whole(self.options.out / "gallery.csv", table(gallery, rows, self.options.out))
