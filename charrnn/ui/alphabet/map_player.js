// The map of the embeddings, from snapshot to snapshot. Every character is set as text.
const SVG = "http://www.w3.org/2000/svg";
const EDGE = 22; // pixels around the points

const svg = (tag, attributes) => {
  const created = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
};

const build = (box) => {
  const place = () => {
    const { frames } = box.data;
    const from = frames[Math.floor(box.at)].points;
    const to = frames[Math.min(Math.ceil(box.at), frames.length - 1)].points;
    const part = box.at - Math.floor(box.at);
    const eased = part * part * (3 - 2 * part);
    const width = box.picture.clientWidth - 2 * EDGE;
    const height = box.picture.clientHeight - 2 * EDGE;
    box.marks.forEach((mark, i) => {
      const [x, y] = from[i].map((value, axis) => value + eased * (to[i][axis] - value));
      mark.setAttribute("transform", `translate(${EDGE + x * width},${EDGE + (1 - y) * height})`);
    });
  };
  box.picture = svg("svg", { role: "img", "aria-label": "The map of the embeddings" });
  box.player = player(box, {
    count: () => box.data.frames.length,
    label: (position) => `iteration ${box.data.frames[position].iteration.toLocaleString("en-US")}`,
    show: (at) => {
      box.at = at;
      place();
    },
  });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "The map over the snapshots. Space plays, the arrow keys step.");
  box.append(box.player.bar, box.picture);
  new ResizeObserver(place).observe(box.picture);
};

const drawCharacters = (box) => {
  box.marks = box.data.characters.map(({ symbol, name, color, labeled }) => {
    const mark = labeled ? svg("text", { "text-anchor": "middle", dy: "0.35em" }) : svg("circle", { r: 2.5 });
    if (labeled) mark.textContent = symbol;
    mark.style.fill = color;
    const title = document.createElementNS(SVG, "title");
    title.textContent = name;
    mark.append(title);
    return mark;
  });
  // The most frequent character lies on top.
  box.picture.replaceChildren(...[...box.marks].reverse());
};

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".map-player");
  const isNew = !box.player;
  box.data = data;
  box.at ??= 0;
  if (isNew) build(box);
  drawCharacters(box);
  box.player.redraw();
  if (!isNew) return;
  box.focus({ preventScroll: true });
  box.player.play();
}
