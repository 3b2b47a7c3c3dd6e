"""A training without a store: from a text or a saved run, to a saved run."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs import contents, decoding
from charrnn.runs.archive import SavedRun
from charrnn.runs.config import RunConfig
from charrnn.runs.grid import recorded
from charrnn.runs.limits import Limits
from charrnn.runs.past import Past


@dataclass
class Journey:
    """A network on its way, and what it has left behind, as a worker would have it."""

    text: str
    text_name: str
    vocabulary: Vocabulary
    config: RunConfig
    trainer: Trainer
    iterations: int  # where it ends
    past: Past = field(default_factory=Past)
    seconds: float = 0.0  # spent training
    name: str = ""

    @classmethod
    def begin(cls, text: str, text_name: str, config: RunConfig) -> "Journey":
        """Before the first step. Raises ValueError if the text is too short for the config."""
        vocabulary = Vocabulary.of(text)
        trainer = _trainer(text, vocabulary, config)
        journey = cls(text, text_name, vocabulary, config, trainer, config.iterations)
        journey.past.metrics.append((0, trainer.smooth_loss, trainer.smooth_loss, 0.0))
        return journey

    @classmethod
    def resume(cls, saved: SavedRun, text: str | None) -> "Journey":
        """Where a saved run stood. text: of the run, if it does not hold it itself.

        Raises ValueError in one sentence if it is another text, or there is none.
        """
        if saved.sha256 is None:
            raise ValueError(
                "this network was saved by an earlier charrnn, which did not keep what is needed "
                "to go on: it can only write"
            )
        if text is not None:
            contents.check_text(text, saved.sha256, saved.vocabulary)
        text = saved.text if text is None else text
        if text is None:
            raise ValueError(
                f"its text {saved.text_name!r} is not in it, and it goes on only with the same "
                "one: name that as FILE"
            )
        trainer = _trainer(text, saved.vocabulary, saved.config)
        trainer.restore(saved.state)
        journey = cls(text, saved.text_name, saved.vocabulary, saved.config, trainer, 0)
        journey.past, journey.seconds, journey.name = saved.past, saved.seconds, saved.name
        journey.wish(iterations=saved.iterations, learning_rate=saved.learning_rate)
        return journey

    def wish(self, *, iterations: int | None = None, learning_rate: float | None = None) -> None:
        """From here on. Raises ValueError for what is not allowed."""
        if iterations is not None:
            RunConfig.check("iterations", iterations)
            self.iterations = iterations
        if learning_rate is not None:
            RunConfig.check("learning_rate", learning_rate)
            changes, here = self.past.rate_changes, self.trainer.iteration
            if learning_rate != self.trainer.learning_rate:
                self.trainer.learning_rate = learning_rate
                changes[:] = [row for row in changes if row[0] < here]
                changes.append((here, learning_rate))

    def look(self) -> str | None:
        """The sample of this iteration, if one is due that has not been taken."""
        here, config, past = self.trainer.iteration, self.config, self.past
        if here % config.sample_interval or (past.samples and past.samples[-1][0] == here):
            return None
        text = self.vocabulary.decode(self.trainer.sample(config.sample_length))
        past.samples.append((here, text))
        if (held_out := self.trainer.held_out_loss()) is not None:
            past.evaluations.append((here, held_out))
        return text

    def walk(self, until: int, stopped: Callable[[], bool]) -> Iterator[None]:
        """Step by step, until an iteration or until `stopped`. Raises Diverged."""
        trainer, metrics = self.trainer, self.past.metrics
        started, before = time.perf_counter(), self.seconds
        while trainer.iteration < until and not stopped():
            now = before + time.perf_counter() - started
            record = trainer.step()
            if recorded(record.iteration):
                metrics.append((*record, now))
            yield
        self.seconds = before + time.perf_counter() - started

    def saved(self, *, with_text: bool) -> SavedRun:
        """As it stands."""
        return SavedRun(
            vocabulary=self.vocabulary,
            config=self.config,
            state=self.trainer.state(),
            past=self.past,
            seconds=self.seconds,
            name=self.name,
            learning_rate=self.trainer.learning_rate,
            iterations=self.iterations,
            sha256=contents.sha256_of(self.text),
            text_name=self.text_name,
            text=self.text if with_text else None,
        )


def read_text(path: str) -> str:
    """Raises OSError, decoding.NotText."""
    with open(path, "rb") as file:
        return decoding.decode(file.read(Limits.here().text_bytes + 1))


def _trainer(text: str, vocabulary: Vocabulary, config: RunConfig) -> Trainer:
    return Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
