// What the pictures of this page have in common. Every text is set as text, never as markup.

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const element = (tag, className = "", text = null) => {
  const created = document.createElement(tag);
  if (className) created.className = className;
  if (text !== null) created.textContent = text;
  return created;
};

// label: what it does, if its text is only a sign.
const button = (text, act, label = null) => {
  const created = element("button", "", text);
  created.type = "button";
  created.onclick = act;
  if (label) {
    created.title = label;
    created.setAttribute("aria-label", label);
  }
  return created;
};

// An array from components.numbers(): its numbers, row by row.
const decode = ({ shape, base64 }) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const values = new Float32Array(bytes.buffer);
  return { values, rows: shape[0], columns: shape[1] ?? 1 };
};
const at = (array, row, column) => array.values[row * array.columns + column];
const row = (array, t) => array.values.subarray(t * array.columns, (t + 1) * array.columns);

const signed = (value, digits = 2) =>
  (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
const percent = (share) =>
  share > 0 && share < 0.0005 ? "< 0.1%" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
const short = (value) => {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 0.001 && size < 10000) return String(Number(value.toPrecision(3))).replace("-", "−");
  return value.toExponential(1).replace("-", "−").replace("e-", "e−").replace("e+", "e");
};

// Orange above zero, blue below, nothing at zero: a pair that color-blind people can tell apart.
// value: from -1 to 1.
const shade = (value, strongest = 100) => {
  const share = Math.round(strongest * Math.min(1, Math.abs(value)));
  return `color-mix(in srgb, var(${value < 0 ? "--held-out" : "--accent"}) ${share}%, var(--card))`;
};

// The same colors as [red, green, blue], for a canvas; null while there is no style sheet yet. A
// variable holds the colors of both themes, so an element has to say which of them it shows.
const palette = () => {
  const root = document.documentElement;
  if (!getComputedStyle(root).getPropertyValue("--card")) return null;
  const probe = root.appendChild(element("i"));
  const shown = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).map(Number);
  };
  const found = { up: shown("--accent"), down: shown("--held-out"), zero: shown("--card") };
  probe.remove();
  return found;
};
// A heat map: one pixel per number, scaled up without smoothing. value(row, column): from -1 to 1.
const paint = (canvas, rows, columns, value) => {
  const colors = palette();
  if (!colors) {
    requestAnimationFrame(() => paint(canvas, rows, columns, value));
    return;
  }
  const { up, down, zero } = colors;
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i += 4) {
      const v = Math.max(-1, Math.min(1, value(r, c)));
      const end = v < 0 ? down : up;
      const share = Math.abs(v);
      for (let k = 0; k < 3; k++) image.data[i + k] = zero[k] + share * (end[k] - zero[k]);
      image.data[i + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
};
// The [row, column] of a canvas under the mouse.
const cellUnder = (canvas, event) => {
  const box = canvas.getBoundingClientRect();
  const clamp = (share, n) => Math.max(0, Math.min(n - 1, Math.floor(share * n)));
  return [
    clamp((event.clientY - box.top) / box.height, canvas.height),
    clamp((event.clientX - box.left) / box.width, canvas.width),
  ];
};

// One character as an element; newlines and other invisible ones get a sign.
const characterElement = (character, tag = "span") => {
  const created = element(tag, "", character === "\n" ? "⏎\n" : character);
  if (character === "\n") created.classList.add("newline");
  return created;
};

// Calls step() again and again while it plays. It ends with its page.
const player = (box, step, changed) => {
  let timer = null;
  const self = {
    perSecond: 4,
    get playing() {
      return timer !== null;
    },
    play() {
      const next = () => {
        if (!box.isConnected) return self.pause();
        step();
        timer = setTimeout(next, 1000 / self.perSecond);
      };
      timer = setTimeout(next, 0);
      changed();
    },
    pause() {
      clearTimeout(timer);
      timer = null;
      changed();
    },
    toggle() {
      if (timer === null) self.play();
      else self.pause();
    },
  };
  return self;
};
