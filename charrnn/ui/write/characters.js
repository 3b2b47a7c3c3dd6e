// What a network wrote, one element a character. Data become text, never markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".characters");
  box.setAttribute("aria-label", data.label);
  const prompt = document.createElement("span");
  prompt.className = "prompt";
  prompt.textContent = data.prompt;
  const characters = data.written.map((character, place) => {
    const element = document.createElement("span");
    element.id = `written-${place}`;
    element.dataset.place = place;
    element.setAttribute("role", "option");
    element.className = data.picked.includes(place) ? "picked" : "";
    element.textContent = character === "\n" ? "⏎\n" : character;
    if (character === "\n") element.classList.add("newline");
    return element;
  });
  box.replaceChildren(prompt, ...characters);

  const mark = (place) => {
    characters.forEach((element, i) => element.setAttribute("aria-selected", i === place));
    if (place === null) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `written-${place}`);
  };
  // Where somebody has gone while the answer to an earlier key was still on its way.
  const text = data.prompt + "\0" + data.written.join("");
  if (data.place === null || box.text !== text) box.place = data.place;
  box.text = text;
  mark(box.place);

  const choose = (place) => {
    if (place < 0 || place >= characters.length) return;
    box.place = place;
    mark(place);
    setTriggerValue("clicked", place);
  };
  box.onclick = (event) => {
    const element = event.target.closest("[data-place]");
    if (element) choose(Number(element.dataset.place));
  };
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(box.place === null ? 0 : box.place + step);
  };
}
