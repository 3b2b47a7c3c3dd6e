// A sample, one element per character. All data are set as text, never as markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".characters");
  box.setAttribute("aria-label", data.label);
  const shown = JSON.stringify([data.prompt, data.written, data.picked]);
  if (box.shown !== shown) {
    box.shown = shown;
    const prompt = document.createElement("span");
    prompt.className = "prompt";
    prompt.textContent = data.prompt;
    const picked = new Set(data.picked);
    box.characters = data.written.map((character, position) => {
      const element = document.createElement("span");
      element.id = `written-${position}`;
      element.dataset.position = position;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", false);
      element.className = picked.has(position) ? "picked" : "";
      element.textContent = character === "\n" ? "⏎\n" : character;
      element.setAttribute("aria-label", data.names[character] ?? character);
      if (character === "\n") element.classList.add("newline");
      return element;
    });
    box.replaceChildren(prompt, ...box.characters);
  }
  const characters = box.characters;

  const mark = (position) => {
    box.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", false);
    characters[position]?.setAttribute("aria-selected", true);
    if (position === null) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `written-${position}`);
  };
  // Keys can be pressed faster than the server answers: for an unchanged text, the position
  // reached here takes precedence over the one in the answer.
  const text = data.prompt + "\0" + data.written.join("");
  if (data.position === null || box.text !== text) box.position = data.position;
  box.text = text;
  mark(box.position);

  const select = (position) => {
    if (position < 0 || position >= characters.length) return;
    box.position = position;
    mark(position);
    setTriggerValue("clicked", position);
  };
  box.onclick = (event) => {
    const element = event.target.closest("[data-position]");
    if (element) select(Number(element.dataset.position));
  };
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    select(box.position === null ? 0 : box.position + step);
    characters[box.position]?.scrollIntoView({ block: "nearest" });
  };
}
