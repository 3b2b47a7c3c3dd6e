// One training iteration, stage by stage, forward and back by arrow keys or clicks.
const build = (box) => {
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "One training iteration. Arrow keys go forward and back.");
  box.stage = 0;
  box.parts = {};
  const part = (name, tag = "div") => (box.parts[name] = element(tag, name));
  const head = element("div", "head");
  box.backButton = button("◀", () => box.go(box.stage - 1), "Stage before");
  box.nextButton = button("Next ▶", () => box.go(box.stage + 1), "Next stage");
  box.nextButton.className = "play";
  head.append(box.backButton, box.nextButton, part("title", "h2"), part("count", "small"));
  part("formula", "code");
  part("text", "p");
  part("note", "p");
  part("picture");
  part("arithmetic", "p");
  part("dots", "nav");
  box.parts.dots.setAttribute("aria-label", "Stages");
  box.parts.text.setAttribute("aria-live", "polite");
  box.append(
    ...[box.parts.dots, head, box.parts.formula, box.parts.text, box.parts.note],
    ...[box.parts.picture, box.parts.arithmetic]
  );
  box.onkeydown = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    box.go(box.stage + by);
  };
};

const show = (box) => {
  const { parts, stages: all, stage } = box;
  const { title, formula, text, note, parts: pictures, example } = all[stage];
  parts.title.textContent = title;
  parts.count.textContent = `${stage + 1} of ${all.length}`;
  // Several formulas stand side by side where there is room.
  parts.formula.replaceChildren(
    ...formula.split(/ {3,}/).flatMap((one) => [element("span", "", one), " "])
  );
  parts.text.textContent = text;
  parts.note.textContent = note ?? "";
  parts.note.hidden = !note;
  parts.picture.replaceChildren(...pictures());
  parts.arithmetic.textContent = example();
  box.backButton.disabled = stage === 0;
  box.nextButton.disabled = stage === all.length - 1;
  parts.dots.replaceChildren(
    ...all.map(({ title: name }, i) => {
      const dot = button(String(i + 1), () => box.go(i));
      dot.append(element("span", "", ` ${name}`));
      if (i === stage) dot.setAttribute("aria-current", "step");
      return dot;
    })
  );
};

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".inside-step");
  if (!box.parts) build(box);
  box.stages = stages(data, (words) => (box.parts.arithmetic.textContent = words));
  box.go = (stage) => {
    const focused = box.parts.dots.contains(document.activeElement);
    box.stage = Math.max(0, Math.min(box.stages.length - 1, stage));
    show(box);
    if (focused) box.parts.dots.children[box.stage].focus();
  };
  show(box);
}
