"""How a run is named in a list to choose from."""

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.direction import isolated


def run_label(run: Run) -> str:
    """Its name, text and size. Always different: a selectbox would merge equal labels."""
    title = f"{run.name} (run {run.number})" if run.name else run.title
    text = services.text_of(run).name
    return f"{isolated(title)} · {isolated(text)} · hidden {run.config.hidden_size}"
