// A bar that plays: a button, a slider over positions, and the speed. It knows nothing of what it plays.
const SPEEDS = [1, 2, 3, 4];
const WHOLE_SECONDS = 24; // at speed 1, but no position is shown for less or more than this:
const SHORTEST = 0.25;
const LONGEST = 1.2;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

const make = (tag, className = "", text = null) => {
  const created = document.createElement(tag);
  if (className) created.className = className;
  if (text !== null) created.textContent = text;
  return created;
};

// box: what hears the keys. count(): how many positions there are. label(position): its name.
// show(at): draws a moment; `at` lies between two positions while it plays.
const player = (box, { count, label, show }) => {
  const bar = make("div", "player");
  const playButton = make("button", "play", "Play");
  playButton.type = "button";
  playButton.dataset.plays = ""; // see ui/keys.js
  const range = make("input");
  range.type = "range";
  range.min = 0;
  range.setAttribute("aria-label", "Position");
  const speeds = make("span", "speeds");
  speeds.setAttribute("role", "group");
  speeds.setAttribute("aria-label", "Speed");
  const place = make("output", "place");

  let at = 0;
  let speed = 1;
  let frame = null;
  let before = 0;
  const last = () => count() - 1;
  const draw = () => {
    const position = Math.floor(at);
    range.max = last();
    range.value = position;
    place.textContent = label(position);
    range.setAttribute("aria-valuetext", label(position));
    show(reducedMotion.matches ? position : at);
  };
  const pause = () => {
    cancelAnimationFrame(frame);
    frame = null;
    playButton.textContent = "Play";
    place.setAttribute("aria-live", "polite");
  };
  const go = (position) => {
    pause();
    at = Math.max(0, Math.min(last(), position));
    draw();
  };
  const tick = (now) => {
    if (!box.isConnected) return pause();
    const seconds = Math.max(SHORTEST, Math.min(LONGEST, WHOLE_SECONDS / Math.max(1, last())));
    // A tab that was hidden goes on where it was; the first frame may have begun before play().
    const passed = Math.max(0, Math.min(100, now - before)) / 1000;
    at += passed * (speed / seconds);
    before = now;
    if (at >= last()) return go(last());
    draw();
    frame = requestAnimationFrame(tick);
  };
  const play = () => {
    if (at >= last()) at = 0;
    before = performance.now();
    frame = requestAnimationFrame(tick);
    playButton.textContent = "Pause";
    place.setAttribute("aria-live", "off");
  };
  const toggle = () => (frame === null ? play() : pause());

  playButton.onclick = toggle;
  range.oninput = () => go(Number(range.value));
  for (const each of SPEEDS) {
    const chosen = make("button", "", `${each}×`);
    chosen.type = "button";
    chosen.setAttribute("aria-pressed", each === speed);
    chosen.onclick = () => {
      speed = each;
      for (const other of speeds.children) other.setAttribute("aria-pressed", other === chosen);
    };
    speeds.append(chosen);
  }
  box.tabIndex = 0;
  box.dataset.steps = "";
  box.onkeydown = (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === " " && target.tagName !== "BUTTON" && target.tagName !== "INPUT") toggle();
    else if (target === range) return;
    else if (key === "ArrowRight") go(Math.floor(at) + 1);
    else if (key === "ArrowLeft") go(Math.ceil(at) - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(last());
    else return;
    event.preventDefault();
  };
  bar.append(playButton, range, speeds, place);
  // redraw: after the data have changed; the position stays.
  return { bar, go, play, redraw: () => go(Math.min(Math.floor(at), last())) };
};
