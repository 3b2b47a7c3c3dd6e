// What a network wrote, one element a character. Data become text, never markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".characters");
  box.setAttribute("aria-label", data.label);
  const prompt = document.createElement("span");
  prompt.className = "prompt";
  prompt.textContent = data.prompt;
  const characters = data.written.map((character, place) => {
    const element = document.createElement("span");
    element.dataset.place = place;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", place === data.place);
    element.className = data.picked.includes(place) ? "picked" : "";
    element.textContent = character === "\n" ? "⏎\n" : character;
    if (character === "\n") element.classList.add("newline");
    return element;
  });
  box.replaceChildren(prompt, ...characters);
  const choose = (place) => {
    if (place >= 0 && place < characters.length) setTriggerValue("clicked", place);
  };
  box.onclick = (event) => {
    const element = event.target.closest("[data-place]");
    if (element) choose(Number(element.dataset.place));
  };
  box.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(data.place === null ? 0 : data.place + step);
  };
}
