"""Branch from here: a new run that continues from a snapshot of another."""

import math

import streamlit as st

from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.store.records import Run
from charrnn.ui import navigation, selection, services
from charrnn.ui.shared import wording
from charrnn.ui.shared.dialogs import run_dialog
from charrnn.ui.shared.learning_rate_hint import DECAYED, good_rate
from charrnn.ui.shared.settings import CHOICES
from charrnn.ui.shared.snapshots import nearest_saved

# A network whose hidden units are saturated hardly learns more than how often each character
# occurs. One with a loss below this share of that baseline can be trained on.
GOOD_SHARE = 0.9


def offer(run: Run, iteration: int) -> None:
    """Draw a button that branches from the complete state saved nearest to an iteration.

    Draws nothing if the run has none, or the visitor may not train on its text.
    """
    if not services.may_read_text(run):
        return
    snapshots = services.store().snapshots.iterations(run.id, complete=True)
    nearest = nearest_saved(run, iteration, complete=True)
    if nearest is None:
        return
    hint = f"Iteration {iteration:,} has no complete snapshot; the nearest one is at {nearest:,}."
    if st.button(
        f"Branch from {nearest:,}",
        key=f"branch_{run.id}",
        icon=":material/fork_right:",
        help=hint if nearest != iteration else None,
    ):
        branch(run, nearest if nearest in snapshots else None)


def offer_from_newest(run: Run) -> None:
    """Draw a button that branches from the checkpoint, the newest state of the run.

    Draws nothing if the run has none yet, or the visitor may not train on its text.
    """
    if not services.may_read_text(run):
        return
    newest = services.store().snapshots.checkpoint_iteration(run.id)
    if newest is not None and st.button(
        f"Branch from {newest:,}",
        key=f"branch_newest_{run.id}",  # while it trains, the label changes: keep the click
        icon=":material/fork_right:",
    ):
        branch(run, None)


@run_dialog("Branch from here", icon=":material/fork_right:")
def branch(run: Run, iteration: int | None) -> None:
    """The dialog that chooses the learning rate of the branch and starts it.

    iteration: of a complete snapshot; None for the checkpoint.
    """
    rate_then = services.workspace().learning_rate_at(run, iteration)
    begin = _checkpoint_iteration(run) if iteration is None else iteration
    end = run.limit_from(begin)
    st.caption(
        f"A new run starts from this network as it {_state_in_words(run, iteration)} and trains "
        f"on independently, to iteration {end:,}. This run is not changed. Its learning rate there "
        f"is {wording.value('learning_rate', rate_then)}{_decayed_in_words(run, begin)}."
    )
    rate = st.select_slider(
        "learning rate",
        sorted({*CHOICES["learning_rate"], rate_then}),
        value=rate_then,
        key=f"branch_rate_{run.id}_{iteration}",
        help=RunConfig.meaning("learning_rate"),
    )
    again = run.config.schedule != "constant" and _choose_decay(run, begin, end, rate)
    if st.button("Start the branch", type="primary", icon=":material/play_arrow:"):
        start(run, iteration, rate, decays_again=again)


def _decayed_in_words(run: Run, iteration: int) -> str:
    """What the schedule has left of the learning rate; "" if all of it."""
    if _warms_up(run, iteration):
        return ", to which it is still warming up"
    share = _share(run, run.config, iteration)
    return "" if share == 1 else f", of which the schedule leaves {100 * share:.2g}%"


def _warms_up(run: Run, iteration: int) -> bool:
    """Whether the schedule still raises the learning rate."""
    return _share(run, run.config, iteration) < _share(run, run.config, iteration + 1)


def _choose_decay(run: Run, begin: int, end: int, rate: float) -> bool:
    """Whether the learning rate decays anew, to the end of the branch."""
    again = st.toggle(
        f"Decay again, to iteration {end:,}",
        value=_share(run, run.config, begin) < DECAYED and not _warms_up(run, begin),
        key=f"branch_decay_{run.id}_{begin}",
    )
    config = run.config.decaying_until(end) if again else run.config
    first = rate * _share(run, config, begin)
    st.caption(f"The branch begins with a learning rate of {in_digits(float(f'{first:.2g}'))}.")
    return bool(again)


def _share(run: Run, config: RunConfig, iteration: int) -> float:
    return config.share_of_rate(iteration, services.corpus(run.sha256).characters)


def _state_in_words(run: Run, iteration: int | None) -> str:
    if iteration is not None:
        return f"was at iteration {iteration:,}"
    # While the run trains, its checkpoint is replaced every few seconds.
    later = ", or a little later because it is training," if run.active else ""
    return f"is at iteration {_checkpoint_iteration(run):,}{later}"


def _checkpoint_iteration(run: Run) -> int:
    return services.store().snapshots.checkpoint_iteration(run.id) or 0


def start(run: Run, iteration: int | None, rate: float, *, decays_again: bool = False) -> None:
    """Start a branch and show it on the page Train. Raises StoreError."""
    new_run = services.workspace().branch(
        run, iteration, learning_rate=rate, decays_again=decays_again
    )
    services.supervisor().reconcile()
    selection.select_run(new_run.id)
    navigation.go("Train")


def offer_recovery(run: Run) -> None:
    """After training has diverged, draw a button that branches from before that happened.

    The branch starts from the last good snapshot, with at most a tenth of the learning rate, and
    one that suits the network. Draws nothing if there is no such snapshot.
    """
    baselines = run.baselines or services.corpus(run.sha256).baselines
    max_loss = GOOD_SHARE * baselines.unigram * run.config.seq_length * math.log(2)
    last_good = services.store().snapshots.last_good(run.id, max_loss)
    if last_good is None:
        return
    rate = _recovery_rate(run)
    shown_rate = wording.value("learning_rate", rate)
    if st.button(
        f"Go back to iteration {last_good:,} with learning rate {shown_rate}",
        icon=":material/undo:",
        type="primary",
    ):
        start(run, last_good, rate)


def _recovery_rate(run: Run) -> float:
    limit = min(run.learning_rate / 10, good_rate(run.config))
    lowest, _ = RunConfig.limits("learning_rate")
    return max(
        (rate for rate in CHOICES["learning_rate"] if rate <= limit), default=max(limit, lowest)
    )
