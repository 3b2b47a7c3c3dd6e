// All hidden units over a passage: one row per unit, one column per character. A click chooses a unit.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".inside-heatmap");
  if (!box.canvas) {
    box.canvas = element("canvas");
    box.canvas.setAttribute("role", "img");
    box.holder = element("div", "holder");
    box.mark = element("i", "mark");
    box.holder.append(box.canvas, box.mark);
    box.hovered = element("small");
    box.append(box.holder, box.hovered);
  }
  const { canvas, holder, mark, hovered } = box;
  const activations = decode(data.activations);
  const units = activations.columns;
  paint(canvas, units, activations.rows, (unit, t) => at(activations, t, unit));
  canvas.style.height = `${Math.max(160, Math.min(420, 3 * units))}px`;
  canvas.setAttribute("aria-label", `${units} units over ${activations.rows} characters`);
  mark.style.top = `${(100 * data.unit) / units}%`;
  mark.style.height = `${100 / units}%`;
  hovered.textContent = data.hint;
  holder.onpointermove = (event) => {
    const [unit, t] = cellUnder(canvas, event);
    const words = `unit ${unit} after ${data.names[data.text[t]] ?? data.text[t]}: ${signed(at(activations, t, unit))}`;
    hovered.textContent = words;
    holder.title = words;
  };
  holder.onclick = (event) => setTriggerValue("picked", cellUnder(canvas, event)[0]);
}
