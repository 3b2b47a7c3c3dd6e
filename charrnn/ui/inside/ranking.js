// Rows with a bar each, to choose from: the bars go right from a line, or left of it.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".inside-ranking");
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const most = Math.max(...data.rows.map(({ value }) => Math.abs(value)), 1e-12);
  const rows = data.rows.map(({ id, label, value, text, chosen }) => {
    const line = button("", () => setTriggerValue("picked", id));
    line.dataset.id = id;
    line.title = `${label}: ${text}`;
    line.setAttribute("aria-pressed", chosen);
    const track = element("span", "track");
    const bar = element("i", value < 0 ? "down" : "");
    bar.style.width = `${(100 * Math.abs(value)) / most}%`;
    track.append(bar);
    line.append(element("span", "label", label), track, element("em", "", text));
    return line;
  });
  box.replaceChildren(...rows);
  // The rows are new: give the keyboard focus back to the one that had it.
  if (focused !== null) rows.find((line) => line.dataset.id === focused)?.focus();
}
