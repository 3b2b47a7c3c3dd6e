// Thirty characters, guessed one at a time. All text is set as text, never as markup.
const make = (tag, className = "", text = null) => {
  const created = document.createElement(tag);
  if (className) created.className = className;
  if (text !== null) created.textContent = text;
  return created;
};
const percent = (p) =>
  p < 0.0005 ? "less than 0.1%" : `${(100 * p).toFixed(p < 0.0995 ? 1 : 0)}%`;

const build = (box) => {
  const part = (name, tag = "div") => (box.parts[name] = make(tag, name));
  box.parts = {};
  part("passage", "pre").tabIndex = 0;
  part("row");
  const field = part("field", "input");
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false });
  field.setAttribute("autocapitalize", "off");
  field.setAttribute("autocorrect", "off");
  field.setAttribute("aria-label", "The next character");
  field.placeholder = "next character";
  // What was typed last counts. While an input method composes, nothing is decided yet.
  const take = () => {
    const typed = [...field.value].at(-1);
    field.value = "";
    if (typed !== undefined) box.guess(typed);
  };
  field.oninput = (event) => !event.isComposing && take();
  field.addEventListener("compositionend", take);
  field.onkeydown = (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    box.guess("\n");
  };
  const press = (name, label, act) => {
    const button = part(name, "button");
    button.type = "button";
    button.textContent = label;
    button.onclick = () => {
      act();
      field.focus({ preventScroll: true });
    };
    return button;
  };
  box.parts.row.append(
    field,
    press("space", "Space", () => box.guess(" ")),
    press("newline", "New line", () => box.guess("\n")),
    press("pass", "I do not know", () => box.reveal()),
    part("count", "span"),
  );
  part("said").setAttribute("aria-live", "polite");
  part("bets");
  const all = part("all", "details");
  all.append(make("summary", "", "All characters"), part("keys"));
  box.append(box.parts.passage, box.parts.row, box.parts.said, box.parts.bets, all);
};

const drawPassage = (box) => {
  const { passage, count } = box.parts;
  const { data, tried } = box;
  const found = tried.slice(0, box.position).map((tries, n) => {
    const answer = data.answers[n];
    const kind = tries.at(-1) !== answer ? "missed" : tries.length === 1 ? "at-once" : "later";
    const character = data.characters[answer];
    return make("span", kind, character === "\n" ? "⏎\n" : character);
  });
  const isOver = box.position === data.answers.length;
  passage.replaceChildren(make("span", "before", data.before), ...found);
  if (!isOver) passage.append(make("span", "next", "?"));
  passage.scrollTop = passage.scrollHeight;
  count.textContent = isOver
    ? "All thirty are done."
    : `${box.position + 1} of ${data.answers.length}`;
  for (const name of ["field", "space", "newline", "pass"]) box.parts[name].disabled = isOver;
};

const drawBets = (box, position) => {
  const { data, parts } = box;
  const { top, answer } = data.bets[position];
  const right = data.answers[position];
  const rows = top.map(([id, p]) => [id, p]);
  if (!rows.some(([id]) => id === right)) rows.push([right, answer]);
  parts.bets.replaceChildren(
    make("p", "", "What the network bet on the last one:"),
    ...rows.map(([id, p]) => {
      const row = make("div", id === right ? "bet right" : "bet");
      const bar = make("i");
      bar.style.width = `${Math.max(0.5, 100 * p)}%`;
      const track = make("span", "track");
      track.append(bar);
      row.append(make("b", "", data.symbols[id]), track, make("span", "share", percent(p)));
      row.title = data.names[id];
      return row;
    }),
  );
};

const start = (box, data, send) => {
  Object.assign(box, { data, position: 0, tried: data.answers.map(() => []) });
  const { parts } = box;
  const ids = new Map(data.characters.map((character, id) => [character, id]));
  const symbol = (id) => data.symbols[id] ?? data.characters[id];
  const next = (words) => {
    drawBets(box, box.position);
    box.position += 1;
    parts.said.textContent = words;
    drawPassage(box);
    if (box.position === data.answers.length) send(box.tried);
  };
  box.reveal = () => {
    if (box.position === data.answers.length) return;
    next(`It was ${symbol(data.answers[box.position])}.`);
  };
  box.guess = (character) => {
    if (box.position === data.answers.length) return;
    const id = ids.get(character);
    const tries = box.tried[box.position];
    const answer = data.answers[box.position];
    if (id === undefined) {
      parts.said.textContent = "This text does not have that character. It costs no try.";
    } else if (tries.includes(id)) {
      parts.said.textContent = `You have tried ${symbol(id)} already.`;
    } else {
      tries.push(id);
      const left = data.tries - tries.length;
      if (id === answer) {
        next(tries.length === 1 ? `${symbol(id)}: first guess right.` : `${symbol(id)}: right on try ${tries.length}.`);
      } else if (left === 0) box.reveal();
      else {
        parts.said.textContent = `Not ${symbol(id)}. ${left} ${left > 1 ? "tries" : "try"} left.`;
      }
    }
  };
  parts.keys.replaceChildren(
    ...data.keys.map((id) => {
      const key = make("button", "", data.symbols[id]);
      key.type = "button";
      key.title = data.names[id];
      key.setAttribute("aria-label", data.names[id]);
      key.onclick = () => box.guess(data.characters[id]);
      return key;
    }),
  );
  parts.newline.hidden = !ids.has("\n");
  parts.space.hidden = !ids.has(" ");
  parts.bets.replaceChildren();
  parts.said.textContent = `Which character comes next? You have ${data.tries} tries for each.`;
  drawPassage(box);
};

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".beat");
  if (!box.parts) build(box);
  // The same game again, after its page was drawn anew: it goes on.
  const game = JSON.stringify([data.before, data.answers]);
  if (box.game === game) return;
  box.game = game;
  start(box, data, (tried) => setTriggerValue("guesses", tried));
}
