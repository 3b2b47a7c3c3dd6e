// The wall: one tile per person. All data are set as text, never as markup. Tiles are kept from one
// refresh to the next, so that nothing flickers and the keyboard focus stays.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100;
const HEIGHT = 40;
const GAP = 10; // pixels between two tiles
const DENSE_GAP = 6;
const BELOW = 70; // pixels that the page needs below them
// The least width and height of a tile in pixels: with a sample, or if there are too many for that,
// with the name, the curve and the loss alone.
const WHOLE = [160, 104];
const DENSE = [92, 49];
const MOST = 352; // pixels of height
const SMALLEST_TEXT = 14; // pixels, of a sample on the big screen
// What closes with Escape itself, and the fields that use it.
const OPEN = `[role=dialog], [role=listbox], [role=menu], dialog[open],
  [data-testid=stPopoverBody]`;
const FIELD = "input:not([type=radio], [type=checkbox], [type=button]), textarea, [contenteditable]";
const SCREEN = 600; // pixels of width from which on it is no phone, where one scrolls anyway

function add(parent, tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

function newTile() {
  const tile = document.createElement("div");
  tile.className = "tile";
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
    name: add(head, "span", "tile-name"),
    bits: add(head, "span", "tile-bits"),
    path,
  };
  tile.parts.name.dir = "auto"; // so that a name that is too long loses its end
  tile.append(curve);
  tile.parts.sample = add(tile, "p", "tile-sample");
  tile.parts.state = add(tile, "div", "tile-state");
  return tile;
}

// The columns and rows that make the tiles about twice as wide as high, so that all of them fit in
// the box; undefined if they would be too small.
function fitting(count, width, height, gap, [leastWidth, leastHeight]) {
  let best;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const tileWidth = (width - gap * (columns - 1)) / columns;
    const tileHeight = Math.min(MOST, (height - gap * (rows - 1)) / rows);
    if (tileWidth < leastWidth || tileHeight < leastHeight) continue;
    const difference = Math.abs(Math.log(tileWidth / tileHeight / 2));
    if (!best || difference < best.difference) best = { columns, tileHeight, difference };
  }
  return best;
}

function arrange(box, count, data) {
  const scroller = box.closest(".stMain");
  const top = box.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
  const width = box.clientWidth;
  const height = Math.floor(window.innerHeight - top - (data.below ?? BELOW));
  const whole = fitting(count, width, height, GAP, WHOLE);
  const isDense = !whole && width > SCREEN;
  const [leastWidth, leastHeight] = isDense ? DENSE : WHOLE;
  const gap = isDense ? DENSE_GAP : GAP;
  const most = Math.max(1, Math.floor((width + gap) / (leastWidth + gap)));
  const scrolled = { columns: Math.min(count, most), tileHeight: leastHeight };
  const fit = whole ?? (isDense && fitting(count, width, height, DENSE_GAP, DENSE));
  const { columns, tileHeight } = fit || scrolled;
  const style = {
    "--columns": columns,
    "--gap": `${gap}px`,
    "--tile-height": `${data.large ? Math.max(320, height) : Math.floor(tileHeight)}px`,
    "--lines": tileHeight < 130 ? 1 : tileHeight < 190 ? 2 : 4,
  };
  for (const [name, value] of Object.entries(style)) {
    if (box.style.getPropertyValue(name) !== String(value)) box.style.setProperty(name, value);
  }
  box.classList.toggle("tiles-dense", isDense && !data.large);
  const [only] = box.children;
  if (data.large && only) fitSample(box, only.parts.sample);
}

// On the big screen, a whole sample is to be read: its text is made smaller until it fits. It does
// not grow again while the screen stays as it is, so that no new sample changes the size.
function fitSample(box, sample) {
  if (!sample.hasAttribute("style")) sample.fittedTo = "";
  const screen = `${box.clientWidth} ${box.style.getPropertyValue("--tile-height")}`;
  if (sample.fittedTo !== screen) sample.style.fontSize = "";
  sample.fittedTo = screen;
  sample.style.maxHeight = "";
  let size = parseFloat(getComputedStyle(sample).fontSize);
  while (sample.scrollHeight > sample.clientHeight + 1 && size > SMALLEST_TEXT) {
    size -= 1;
    sample.style.fontSize = `${size}px`;
  }
  if (sample.scrollHeight <= sample.clientHeight + 1) return;
  const line = parseFloat(getComputedStyle(sample).lineHeight); // no line is cut in two
  sample.style.maxHeight = `${Math.floor(sample.clientHeight / line) * line}px`;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A tile to choose is a button, which a screen reader reads as its label alone. A large one is no
// button, so that its sample is read; it keeps the focus that it had, but Tab does not stop at it.
function setRole(tile, data, large) {
  tile.tabIndex = large ? -1 : 0;
  tile.setAttribute("role", large ? "group" : "button");
  if (large) tile.removeAttribute("aria-label");
  else tile.setAttribute("aria-label", label(data));
}

function label({ name, bits, state }) {
  const loss = bits && bits !== "–" ? `${bits} bits per character` : "";
  return [name, loss, state].filter(Boolean).join(", ");
}

function fill(tile, data, { top, bottom, last, large }) {
  const { name, bits, sample, state, path } = tile.parts;
  setText(name, data.name);
  setText(bits, data.bits);
  setText(sample, data.sample);
  if (!large) sample.removeAttribute("style");
  const words = [data.settings, data.iteration && `iteration ${data.iteration}`, data.state];
  setText(state, words.filter(Boolean).join(" · "));
  tile.classList.toggle("tile-idle", !data.trains);
  setRole(tile, data, large);
  const points = data.curve.map(([iteration, loss]) => {
    const x = (WIDTH * iteration) / Math.max(1, last);
    return `${x.toFixed(2)} ${((HEIGHT * (top - loss)) / (top - bottom)).toFixed(2)}`;
  });
  path.setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
}

// Whether a key is for a dialog, a menu or a field with text, rather than for the large tile.
function belongsElsewhere(event) {
  return event.defaultPrevented || document.querySelector(OPEN) || event.target.matches?.(FIELD);
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
  box.classList.toggle("tiles-large", data.large);
  box.fit = () => arrange(box, shown.length, data);
  box.watcher ??= new ResizeObserver(() => box.fit());
  box.watcher.observe(box);
  box.watcher.observe(document.documentElement);
  box.watcher.observe(box.closest(".stMainBlockContainer")); // what is above the tiles may grow
  const inPlace = shown.every((tile, i) => box.children[i] === tile);
  if (!inPlace || box.children.length !== shown.length) {
    const focused = document.activeElement;
    box.replaceChildren(...shown);
    if (box.contains(focused)) focused.focus();
  }
  box.fit();
  const choose = (event) => {
    const tile = event.target.closest(".tile");
    if (tile) setTriggerValue("chosen", tile.dataset.key);
  };
  box.onclick = data.large ? null : choose;
  box.onkeydown = (event) => {
    if (!data.large && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(event);
    }
  };
  document.removeEventListener("keydown", box.onEscape);
  box.onEscape = (event) => {
    if (event.key === "Escape" && !belongsElsewhere(event)) setTriggerValue("chosen", "");
  };
  if (data.closes) document.addEventListener("keydown", box.onEscape);
  return () => {
    document.removeEventListener("keydown", box.onEscape);
    box.watcher?.disconnect();
    box.watcher = undefined;
  };
}
