// The most likely characters. Each has a thick bar for its probability at the chosen temperature
// and a thin one for its probability at temperature 1.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".probabilities");
  const percent = (share) =>
    share > 0 && share < 0.0005 ? "< 0.1%" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const rows = data.rows.map((row) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = row.id;
    button.className = row.chosen ? "chosen" : "";
    button.setAttribute("aria-pressed", row.chosen);
    button.title =
      `${row.name}: ${percent(row.tempered)} at the chosen temperature, ` +
      `${percent(row.raw)} at temperature 1`;
    const symbol = document.createElement("b");
    symbol.textContent = row.symbol;
    const bars = document.createElement("span");
    bars.className = "bars";
    for (const name of ["tempered", "raw"]) {
      const bar = document.createElement("i");
      bar.className = name;
      bar.style.width = `${100 * row[name]}%`;
      bars.append(bar);
    }
    const figure = document.createElement("span");
    figure.className = "figure";
    figure.textContent = percent(row.tempered);
    button.append(symbol, bars, figure);
    button.onclick = () => setTriggerValue("clicked", row.id);
    return button;
  });
  box.replaceChildren(...rows);
  // The buttons are new: give the keyboard focus back to the one that had it.
  if (focused !== null) rows.find((button) => button.dataset.id === focused)?.focus();
}
