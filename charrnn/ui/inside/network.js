// The network reading, character by character. It plays here, without the server.
const SPEEDS = [0.5, 1, 2, 4, 8, 16]; // characters a second

// About twice as wide as high, with as few places left over in the last row as possible.
const columnsFor = (units) => {
  const from = Math.ceil(Math.sqrt(units * 1.8)), to = Math.ceil(Math.sqrt(units * 3.6));
  const leftOver = (columns) => (columns - (units % columns)) % columns;
  let best = from;
  for (let columns = from; columns <= to; columns++) {
    if (leftOver(columns) < leftOver(best)) best = columns;
  }
  return best;
};

const build = (box) => {
  const part = (name, tag = "div") => (box.parts[name] = element(tag, name));
  box.parts = {};
  box.position = 0;
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute(
    "aria-label",
    "The network reading. Arrow keys step, the space bar plays and pauses."
  );
  const titled = (className, title, ...parts) => {
    const figure = element("figure", className);
    figure.append(element("figcaption", "", title), ...parts);
    return figure;
  };
  const arrow = (label) => {
    const created = element("div", "arrow");
    created.append(element("small", "", label), element("span", "", "→"));
    created.setAttribute("aria-hidden", "true");
    return created;
  };
  part("strip").tabIndex = 0;
  box.parts.strip.classList.add("passage");
  box.parts.strip.setAttribute("role", "group");
  box.parts.strip.setAttribute("aria-label", "The passage. Click a character to go there.");
  part("back");
  box.parts.back.append(
    element("span", "", "Whh: comes back in with the next character")
  );
  const picture = element("div", "picture");
  picture.append(
    titled("comes-in", "comes in", part("symbol"), part("onehot"), part("index", "small")),
    arrow("Wxh"),
    titled("hidden-state", "hidden state", box.parts.back, part("cells"), part("hovered", "small")),
    arrow("Why"),
    titled("comes-next", "most likely next", part("bars"), part("came", "small"))
  );
  const controls = element("div", "controls");
  box.player = player(
    box,
    () => box.go((box.position + 1) % box.data.text.length, true),
    () => {
      box.playButton.textContent = box.player.playing ? "Pause" : "Play";
      box.parts.said.setAttribute("aria-live", box.player.playing ? "off" : "polite");
    }
  );
  box.playButton = button("Play", () => box.player.toggle());
  box.playButton.className = "play";
  box.playButton.dataset.plays = ""; // see ui/keys.js
  box.dataset.steps = "";
  const speed = element("input");
  Object.assign(speed, { type: "range", min: 0, max: SPEEDS.length - 1, step: 1, value: 3 });
  speed.setAttribute("aria-label", "Speed");
  const speedLabel = element("span", "speed", "4 per second");
  speed.oninput = () => {
    box.player.perSecond = SPEEDS[speed.value];
    speedLabel.textContent = `${SPEEDS[speed.value]} per second`;
    speed.setAttribute("aria-valuetext", speedLabel.textContent);
  };
  controls.append(
    button("Start", () => box.go(0)),
    button("◀", () => box.step(-1), "Step back"),
    box.playButton,
    button("▶", () => box.step(1), "Step forward"),
    speed,
    speedLabel,
    part("place", "span"),
    part("where", "small")
  );
  box.append(box.parts.strip, controls, picture, part("said"));
  box.parts.said.setAttribute("aria-live", "polite");
  box.step = (by) => {
    if (box.player.playing) box.player.pause();
    box.go(Math.max(0, Math.min(box.data.text.length - 1, box.position + by)));
  };
  box.onkeydown = (event) => {
    if (event.target.type === "range") return;
    if (event.key === " " && event.target.tagName !== "BUTTON") box.player.toggle();
    else if (event.key === "ArrowRight") box.step(1);
    else if (event.key === "ArrowLeft") box.step(-1);
    else if (event.key === "Home") box.step(-box.data.text.length);
    else return;
    event.preventDefault();
  };
};

const drawText = (box) => {
  const { strip } = box.parts;
  box.characters = box.data.text.map((character, position) => {
    const created = characterElement(character);
    created.dataset.position = position;
    return created;
  });
  strip.replaceChildren(...box.characters);
  strip.onclick = (event) => {
    const clicked = event.target.closest("[data-position]");
    if (clicked) box.step(Number(clicked.dataset.position) - box.position);
  };
};

const drawCells = (box, setTriggerValue) => {
  const { cells, onehot, hovered } = box.parts;
  const units = box.activations.columns;
  if (cells.children.length !== units) {
    cells.replaceChildren(
      ...Array.from({ length: units }, (_, unit) => {
        const cell = element("i");
        cell.dataset.unit = unit;
        return cell;
      })
    );
    cells.style.setProperty("--columns", columnsFor(units));
    cells.setAttribute("role", "img");
  }
  const unitOf = (event) => {
    const cell = event.target.closest("[data-unit]");
    return cell ? Number(cell.dataset.unit) : undefined;
  };
  const describe = (unit) => `unit ${unit}: ${signed(at(box.activations, box.position, unit))}`;
  cells.onpointermove = (event) => {
    const unit = unitOf(event);
    if (unit === undefined) return;
    box.hoveredUnit = unit;
    event.target.title = describe(unit);
    hovered.textContent = describe(unit);
  };
  cells.onpointerleave = () => {
    box.hoveredUnit = undefined;
    hovered.textContent = `${units} units`;
  };
  cells.onclick = (event) => {
    const unit = unitOf(event);
    if (unit !== undefined) setTriggerValue("unit", unit);
  };
  box.describeUnit = describe;
  if (box.hoveredUnit === undefined) hovered.textContent = `${units} units`;
  if (box.data.cells) {
    if (onehot.children.length !== box.data.cells) {
      onehot.replaceChildren(...Array.from({ length: box.data.cells }, () => element("i")));
      onehot.className = "onehot";
    }
  } else {
    onehot.className = "onehot scale";
    onehot.replaceChildren(element("b"));
  }
};

const show = (box, played) => {
  const { data, activations, probabilities, parts, position } = box;
  const id = data.ids[position];
  box.querySelector(".current")?.classList.remove("current");
  const current = box.characters[position];
  current.classList.add("current");
  const middle = current.offsetTop - parts.strip.offsetTop - parts.strip.clientHeight / 2;
  parts.strip.scrollTop = middle + current.offsetHeight / 2;

  parts.symbol.textContent = data.symbols[id];
  parts.symbol.title = data.names[id];
  const zeros = data.vocabulary - 1;
  parts.index.textContent = `a 1 at index ${id}, ${zeros} ${zeros === 1 ? "zero" : "zeros"}`;
  if (data.cells) {
    parts.onehot.querySelector(".hot")?.classList.remove("hot");
    parts.onehot.children[id].className = "hot";
  } else {
    parts.onehot.firstChild.style.left = `${(100 * id) / data.vocabulary}%`;
  }

  row(activations, position).forEach((value, unit) => {
    parts.cells.children[unit].style.background = shade(value);
  });
  if (box.hoveredUnit !== undefined) parts.hovered.textContent = box.describeUnit(box.hoveredUnit);

  const next = data.ids[position + 1];
  const bars = data.candidates[position].map((likely, i) => {
    const share = at(probabilities, position, i);
    const line = element("div", likely === next ? "bar next" : "bar");
    line.title = `${data.names[likely]}: ${percent(share)}`;
    const bar = element("i");
    bar.style.width = `${100 * share}%`;
    const track = element("span", "track");
    track.append(bar);
    line.append(element("b", "", data.symbols[likely]), track, element("em", "", percent(share)));
    return line;
  });
  parts.bars.replaceChildren(...bars);
  const best = data.candidates[position][0];
  const expected = `${data.names[best]} with ${percent(at(probabilities, position, 0))}`;
  const came = next === undefined ? "the passage ends here" : `then came ${data.names[next]}`;
  parts.came.textContent = came;
  parts.place.textContent = `${position + 1} of ${data.text.length}`;
  parts.where.textContent = data.where;
  parts.cells.setAttribute("aria-label", `${activations.columns} hidden units as colors`);
  if (!played) {
    parts.said.textContent = `After reading ${data.names[id]} it expects ${expected}; ${came}.`;
  }
  if (played && !reducedMotion.matches) {
    parts.back.classList.remove("moving");
    void parts.back.offsetWidth; // starts the animation again
    parts.back.classList.add("moving");
  }
};

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".inside-network");
  if (!box.parts) build(box);
  const sameText = box.data && box.data.text.join("") === data.text.join("");
  box.data = data;
  box.activations = decode(data.hidden);
  box.probabilities = decode(data.probabilities);
  box.go = (position, played = false) => {
    box.position = position;
    show(box, played);
  };
  // New weights of a run that trains: the same text goes on where it was.
  if (!sameText) {
    box.position = Math.min(box.position, data.text.length - 1);
    drawText(box);
  }
  drawCells(box, setTriggerValue);
  show(box, box.player.playing);
}
