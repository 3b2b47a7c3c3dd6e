"""What the page /write shows, and what it should show."""

import json

from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, SampleSettings, Writer


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning]
    return "\n".join(element.value for element in elements)


def expected_samples(run, prompt="", *, iteration=None, seed=0, length=200) -> list[str]:
    """The samples the page should show, one per temperature."""
    subject = Subject.of_run(run)
    snapshot = subject.newest_snapshot() if iteration is None else subject.snapshot(iteration)
    writer = Writer(snapshot, subject.vocabulary, prompt)
    return [
        prompt + subject.vocabulary.decode(writer.write(SampleSettings(seed, length, temperature)))
        for temperature in COMPARED_TEMPERATURES
    ]


def top_characters(page) -> list[tuple[int, bool]]:
    """(id, whether it is the chosen one) of each character in the list of probabilities."""
    component = next(c for c in page.get("bidi_component") if '"rows"' in c.proto.json)
    return [(row["id"], row["chosen"]) for row in json.loads(component.proto.json)["rows"]]
