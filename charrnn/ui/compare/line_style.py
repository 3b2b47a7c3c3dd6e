"""How the compared runs are drawn: the color and the dashes of each line."""

from dataclasses import dataclass

from charrnn.runs.store.records import Run
from charrnn.ui.shared import wording
from charrnn.ui.shared.charts.specs import COLORS

DASHES = ((1, 0), (6, 3), (2, 3))  # a seventh run repeats the first color with other dashes


@dataclass(frozen=True)
class LineStyle:
    """How a run is drawn in the chart."""

    color: str
    dash: tuple[int, int]  # lengths of dash and gap

    @classmethod
    def of(cls, run: Run) -> "LineStyle":
        """Depends on the run's number alone, so it stays the same in most comparisons."""
        index = run.number - 1
        return cls(COLORS[index % len(COLORS)], DASHES[index // len(COLORS) % len(DASHES)])


def styles(runs: list[Run]) -> dict[str, LineStyle]:
    """run id -> its style, in a comparison of these runs.

    In a sweep the color stands for the value of one setting and the dashes for that of another,
    and repeats with other random seeds look alike. Other runs keep the style of their number.
    """
    varying = wording.varying_settings([run.config for run in runs])
    settings = [name for name in varying if name != "seed"]
    values = {name: sorted({getattr(run.config, name) for run in runs}) for name in settings}
    settings.sort(key=lambda name: -len(values[name]))  # there are more colors than dashes
    is_sweep = (
        len({run.sha256 for run in runs}) == 1
        and (len(settings) == 2 or (len(settings) == 1 and "seed" in varying))
        and len(values[settings[0]]) <= len(COLORS)
        and len(values[settings[-1]]) <= (len(DASHES) if len(settings) == 2 else len(COLORS))
    )
    if not is_sweep:
        return {run.id: LineStyle.of(run) for run in runs}
    indices = {
        run.id: [values[name].index(getattr(run.config, name)) for name in settings] + [0]
        for run in runs
    }
    return {run_id: LineStyle(COLORS[i], DASHES[j]) for run_id, (i, j, *_) in indices.items()}
