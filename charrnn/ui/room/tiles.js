// The wall: one tile a person. All data are set as text, never as markup. Tiles are kept from one
// refresh to the next, so that nothing flickers and the keyboard focus stays.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100;
const HEIGHT = 40;
const LEAST_WIDTH = 160; // pixels of a tile, so that a nickname can be read

function add(parent, tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function newTile() {
  const tile = document.createElement("div");
  tile.className = "tile";
  tile.tabIndex = 0;
  tile.setAttribute("role", "button");
  const head = add(tile, "div", "tile-head");
  const curve = document.createElementNS(SVG, "svg");
  curve.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  curve.setAttribute("preserveAspectRatio", "none");
  curve.setAttribute("class", "tile-curve");
  curve.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("vector-effect", "non-scaling-stroke");
  curve.append(path);
  tile.parts = {
    name: add(add(head, "span", "tile-name"), "bdi", ""),
    bits: add(head, "span", "tile-bits"),
    path,
  };
  tile.append(curve);
  tile.parts.sample = add(tile, "p", "tile-sample");
  tile.parts.state = add(tile, "div", "tile-state");
  return tile;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function fill(tile, data, { top, bottom, last }) {
  const { name, bits, sample, state, path } = tile.parts;
  setText(name, data.name);
  setText(bits, data.bits);
  setText(sample, data.sample);
  const words = [data.settings, data.iteration && `iteration ${data.iteration}`, data.state];
  setText(state, words.filter(Boolean).join(" · "));
  tile.classList.toggle("tile-idle", !data.trains);
  tile.setAttribute("aria-label", `${data.name}, ${data.bits} bits per character, ${data.state}`);
  const points = data.curve.map(([iteration, loss]) => {
    const x = (WIDTH * iteration) / Math.max(1, last);
    return `${x.toFixed(2)} ${((HEIGHT * (top - loss)) / (top - bottom)).toFixed(2)}`;
  });
  path.setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
}

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".tiles");
  box.known ??= new Map();
  const shown = data.tiles.map((each) => {
    const tile = box.known.get(each.key) ?? newTile();
    box.known.set(each.key, tile);
    tile.dataset.key = each.key;
    fill(tile, each, data);
    return tile;
  });
  const keys = new Set(data.tiles.map((each) => each.key));
  for (const key of box.known.keys()) if (!keys.has(key)) box.known.delete(key);
  // Columns that make the tiles about twice as wide as high, if there is room for so many.
  const wanted = Math.min(10, Math.max(1, Math.ceil(Math.sqrt(shown.length * 1.15))));
  const columns = Math.max(1, Math.min(wanted, Math.floor(box.clientWidth / LEAST_WIDTH)));
  const rows = Math.ceil(shown.length / columns);
  box.style.setProperty("--columns", columns);
  box.style.setProperty("--rows", rows);
  box.style.setProperty("--lines", rows > 5 ? 1 : rows > 3 ? 2 : 4);
  box.classList.toggle("tiles-large", data.large);
  const inPlace = shown.every((tile, i) => box.children[i] === tile);
  if (!inPlace || box.children.length !== shown.length) {
    const focused = document.activeElement;
    box.replaceChildren(...shown);
    if (box.contains(focused)) focused.focus();
  }
  const choose = (event) => {
    const tile = event.target.closest(".tile");
    if (tile) setTriggerValue("chosen", data.large ? "" : tile.dataset.key);
  };
  box.onclick = choose;
  box.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(event);
    }
    if (event.key === "Escape" && data.large) setTriggerValue("chosen", "");
  };
}
