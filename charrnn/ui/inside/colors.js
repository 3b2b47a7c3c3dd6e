// A text with a color behind every character, for one or several frames that can be played.
const build = (box) => {
  box.parts = {};
  const part = (name, tag = "div") => (box.parts[name] = element(tag, name));
  box.frame = 0;
  part("passage", "pre").tabIndex = 0;
  box.parts.passage.setAttribute("role", "group");
  part("controls");
  part("hovered", "small");
  box.player = player(
    box,
    () => box.go((box.frame + 1) % box.data.labels.length),
    () => (box.playButton.textContent = box.player.playing ? "Pause" : "Play")
  );
  box.player.perSecond = 2;
  box.playButton = button("Play", () => box.player.toggle());
  box.playButton.className = "play";
  box.playButton.dataset.plays = ""; // see ui/keys.js
  box.range = element("input");
  box.range.type = "range";
  box.range.min = 0;
  box.range.setAttribute("aria-label", "Snapshot");
  box.range.oninput = () => {
    if (box.player.playing) box.player.pause();
    box.go(Number(box.range.value));
  };
  box.label = element("span", "place");
  box.parts.controls.append(box.playButton, box.range, box.label);
  box.append(box.parts.controls, box.parts.passage, box.parts.hovered);
};

const describe = (box, position) => {
  const value = at(box.values, box.frame, position);
  const character = box.data.names[box.data.text[position]] ?? box.data.text[position];
  const words = Number.isNaN(value) ? "not measured" : `${box.write(value)} ${box.data.unit}`;
  return `${character}: ${words}`;
};

const show = (box) => {
  const { data, values, frame } = box;
  box.characters.forEach((character, position) => {
    const value = at(values, frame, position);
    character.style.background = Number.isNaN(value) ? "none" : shade(value / data.most, 58);
  });
  const label = data.labels[frame];
  box.range.value = frame;
  box.range.setAttribute("aria-valuetext", label);
  box.label.textContent = label;
};

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".inside-colors");
  if (!box.parts) build(box);
  const sameText = box.data && box.data.text.join("") === data.text.join("");
  box.data = data;
  box.values = decode(data.values);
  box.write = data.signed ? signed : (value) => value.toFixed(2);
  const { passage, controls, hovered } = box.parts;
  if (!sameText) {
    box.characters = data.text.map((character, position) => {
      const created = characterElement(character);
      created.dataset.position = position;
      return created;
    });
    passage.replaceChildren(...box.characters);
  }
  passage.setAttribute("aria-label", data.label);
  passage.onpointermove = passage.onpointerdown = (event) => {
    const character = event.target.closest("[data-position]");
    if (!character) return;
    character.title = describe(box, Number(character.dataset.position));
    hovered.textContent = character.title;
  };
  hovered.textContent = data.hint;
  const frames = data.labels.length;
  controls.hidden = frames === 1;
  if (frames === 1 && box.player.playing) box.player.pause();
  box.range.max = frames - 1;
  box.frame = frames === 1 ? 0 : Math.min(box.frame, frames - 1);
  box.go = (frame) => {
    box.frame = frame;
    show(box);
  };
  show(box);
}
