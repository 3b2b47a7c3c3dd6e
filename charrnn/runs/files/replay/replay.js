// The history of one or more runs, played: the curves draw themselves, the samples pass. It asks no
// server for anything. Every text is set as text, never as markup.
const HEIGHT = 300;
const MARGIN = { top: 10, right: 74, bottom: 34, left: 40 };
const LABEL_HEIGHT = 15;
const SVG = "http://www.w3.org/2000/svg";
let drawings = 0; // clip paths need ids of their own

const svg = (tag, attributes = {}, text = null) => {
  const created = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  if (text !== null) created.textContent = text;
  return created;
};
const thousands = (n) => n.toLocaleString("en-US");
const short = (n) => (n >= 1e6 ? `${n / 1e6}M` : n >= 1000 ? `${n / 1000}k` : String(n));

// About `most` round numbers from low to high.
const ticks = (low, high, most) => {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough);
  const found = [];
  for (let n = Math.ceil(low / step) * step; n <= high + step * 1e-9; n += step) {
    found.push(Number(n.toPrecision(6)));
  }
  return found;
};

// The value of a curve, [[iteration, bits], ...], at an iteration.
const valueAt = (curve, iteration) => {
  const after = curve.findIndex(([n]) => n >= iteration);
  if (after < 0) return curve.at(-1)?.[1];
  const [n1, b1] = curve[after];
  if (after === 0 || n1 === iteration) return b1;
  const [n0, b0] = curve[after - 1];
  return b0 + ((b1 - b0) * (iteration - n0)) / (n1 - n0);
};
// The sample that was newest at an iteration; null before the first.
const sampleAt = (samples, iteration) =>
  samples.findLast((sample) => sample.iteration <= iteration) ?? null;

// Draws the axes, the baselines and the whole curves; returns reveal(iteration).
const drawChart = (chart, data) => {
  const width = Math.max(260, chart.clientWidth);
  const longest = Math.max(1, ...data.runs.map((run) => run.curve.at(-1)[0]));
  const all = data.runs.flatMap((run) => [...run.curve, ...run.heldOut].map(([, bits]) => bits));
  const known = data.baselines.map(([, bits]) => bits);
  const most = Math.max(...known, 0);
  const low = Math.max(0, Math.min(...all, ...known) - 0.25);
  const high = Math.min(Math.max(...all, most), most ? 1.5 * most : Infinity) + 0.1;
  const right = width - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (n) => MARGIN.left + (n / longest) * (right - MARGIN.left);
  const y = (bits) =>
    bottom - ((Math.min(bits, high) - low) / (high - low)) * (bottom - MARGIN.top);

  const id = `replay-${drawings++}`;
  const picture = svg("svg", { width, height: HEIGHT, role: "img", "aria-label": data.label });
  const clip = svg("clipPath", { id });
  const window_ = svg("rect", { x: 0, y: 0, width: 0, height: HEIGHT });
  clip.append(window_);
  picture.append(clip);
  for (const bits of ticks(low, high, 5)) {
    picture.append(svg("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(bits), y2: y(bits) }));
    picture.append(svg("text", { x: MARGIN.left - 6, y: y(bits) + 4, "text-anchor": "end" }, bits));
  }
  for (const n of ticks(0, longest, width < 480 ? 3 : 6)) {
    picture.append(svg("text", { x: x(n), y: bottom + 16, "text-anchor": "middle" }, short(n)));
  }
  const end = { x: right, y: HEIGHT - 4, "text-anchor": "end" };
  picture.append(svg("text", end, "iteration"));
  picture.append(svg("text", { x: 2, y: HEIGHT - 4 }, "bits per character"));
  let above = -Infinity;
  const named = data.baselines.map(([name, bits]) => [name, bits, "baseline"]);
  const [{ heldOut }] = data.runs;
  if (data.runs.length === 1 && heldOut.length > 1) {
    named.push(["held-out", heldOut.at(-1)[1], "held-out-label"]);
  }
  for (const [name, bits, kind] of named.sort((a, b) => b[1] - a[1])) {
    if (bits > high) continue;
    above = Math.max(y(bits), above + LABEL_HEIGHT); // labels do not overlap
    picture.append(svg("text", { class: kind, x: right + 6, y: above + 4 }, name));
    if (kind !== "baseline") continue;
    const line = { x1: MARGIN.left, x2: right, y1: y(bits), y2: y(bits) };
    picture.append(svg("line", { class: kind, ...line }));
  }
  const drawn = svg("g", { "clip-path": `url(#${id})` });
  const path = (points) => points.map(([n, bits], i) => `${i ? "L" : "M"}${x(n)},${y(bits)}`).join("");
  const heads = data.runs.map((run, i) => {
    const line = { class: `curve run-${i}`, d: path(run.curve) };
    if (run.dash) line["stroke-dasharray"] = run.dash;
    if (run.heldOut.length > 1) drawn.append(svg("path", { class: "held-out", d: path(run.heldOut) }));
    drawn.append(svg("path", line));
    return svg("circle", { class: `head run-${i}`, r: 5 });
  });
  picture.append(drawn, ...heads);
  chart.replaceChildren(picture);
  data.runs.forEach((run, i) => run.color && heads[i].style.setProperty("fill", run.color));
  data.runs.forEach((run, i) => {
    const line = drawn.querySelector(`.curve.run-${i}`);
    if (run.color) line.style.setProperty("stroke", run.color);
  });

  chart.iterationAt = (clientX) => {
    const share = (clientX - picture.getBoundingClientRect().left - x(0)) / (x(longest) - x(0));
    return share * longest;
  };
  return (iteration) => {
    window_.setAttribute("width", x(iteration));
    data.runs.forEach((run, i) => {
      const n = Math.min(iteration, run.curve.at(-1)[0]);
      heads[i].setAttribute("cx", x(n));
      heads[i].setAttribute("cy", y(valueAt(run.curve, n)));
    });
  };
};

const drawSample = (figure, run, iteration) => {
  const sample = sampleAt(run.samples, iteration);
  if (figure.sample === sample && figure.run === run) return;
  Object.assign(figure, { sample, run });
  const { heading, text, meter } = figure.parts;
  const bits = sample && valueAt(run.curve, sample.iteration);
  const where = sample ? `iteration ${thousands(sample.iteration)} · ${bits.toFixed(2)} bits` : "";
  heading.textContent = [run.name, where].filter(Boolean).join(" · ");
  text.replaceChildren(
    ...(sample?.pieces ?? []).map(([piece, copied]) => {
      if (!copied) return document.createTextNode(piece);
      const mark = make("mark", "", piece);
      mark.title = `These ${[...piece].length} characters also occur in the text`;
      return mark;
    }),
  );
  const share = sample?.copied;
  meter.textContent =
    share === null || share === undefined ? "" : `${Math.round(100 * share)}% copied from the text`;
};

// box: an element that is empty at first. data: from replay_of() in data.py. Called again with other
// data, it stays at the same position.
const replay = (box, data) => {
  if (!box.replay) {
    const chart = make("div", "chart");
    const samples = make("div", "samples");
    const state = { data, reveal: () => {}, at: 0 };
    const iterationAt = (at) => {
      const { positions } = state.data;
      const before = positions[Math.floor(at)];
      const after = positions[Math.min(Math.ceil(at), positions.length - 1)];
      return before + (after - before) * (at - Math.floor(at));
    };
    const show = (at) => {
      state.at = at;
      state.reveal(iterationAt(at));
      const position = state.data.positions[Math.floor(at)];
      [...samples.children].forEach((figure, i) => drawSample(figure, state.data.runs[i], position));
    };
    const bar = player(box, {
      count: () => state.data.positions.length,
      label: (position) => `iteration ${thousands(state.data.positions[position])}`,
      show,
    });
    chart.onclick = (event) => {
      const wanted = chart.iterationAt(event.clientX);
      const distances = state.data.positions.map((n) => Math.abs(n - wanted));
      bar.go(distances.indexOf(Math.min(...distances)));
    };
    const stage = make("div", "stage");
    stage.append(chart, samples);
    box.append(bar.bar, stage);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "The history. Space plays and pauses, the arrow keys step.");
    let width = 0;
    new ResizeObserver(() => {
      if (chart.clientWidth === width || !chart.clientWidth) return;
      width = chart.clientWidth;
      state.reveal = drawChart(chart, state.data);
      show(state.at);
    }).observe(chart);
    box.replay = { state, chart, samples, bar };
  }
  const { state, chart, samples, bar } = box.replay;
  state.data = data;
  samples.replaceChildren(
    ...data.runs.map((_, i) => {
      const figure = make("figure", `run-${i}`);
      figure.parts = {
        heading: make("figcaption"),
        text: make("pre"),
        meter: make("small"),
      };
      figure.parts.text.tabIndex = 0;
      figure.append(figure.parts.heading, figure.parts.text, figure.parts.meter);
      return figure;
    }),
  );
  box.classList.toggle("several", data.runs.length > 1);
  state.reveal = drawChart(chart, data);
  bar.redraw();
};
