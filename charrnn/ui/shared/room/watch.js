// Asks the server now and then whether the page has to change. Until then it shows, by itself, how
// the machine is shared, and counts down to the moment at which everybody starts.
const ASKING_SECONDS = 1;
const OVERDUE_SECONDS = 2;

function countdown(box) {
  if (box.countdown) return box.countdown;
  const element = document.createElement("div");
  element.className = "countdown";
  element.setAttribute("role", "timer");
  const number = element.appendChild(document.createElement("span"));
  number.className = "countdown-number";
  element.appendChild(document.createElement("span")).textContent = "Everybody starts together";
  return (box.countdown = element);
}

// The server says how far away the start is, so that the clocks of the browsers do not matter.
function count(box, { begins, seconds }) {
  if (seconds === null || seconds === undefined) box.begins = undefined;
  else if (box.begins !== begins) {
    box.begins = begins;
    box.end = performance.now() + 1000 * seconds;
  }
  const left = box.begins === undefined ? -Infinity : (box.end - performance.now()) / 1000;
  if (left <= -OVERDUE_SECONDS) {
    box.countdown?.remove();
    return;
  }
  const element = countdown(box);
  const whole = Math.ceil(left);
  element.firstChild.textContent = whole > 3 ? "Get ready" : whole > 0 ? String(whole) : "Go!";
  if (!element.isConnected) box.append(element);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".room-watch");
  const share = box.querySelector("span");
  box.stop?.(); // this function is called again whenever the page has run
  let latest = data.known;
  let asking;
  const show = () => {
    if (share.textContent !== latest.share) share.textContent = latest.share;
    count(box, latest);
  };
  const ask = async () => {
    let wait = ASKING_SECONDS;
    try {
      const answer = await (await fetch(data.address)).json();
      wait = answer.wait ?? wait;
      const isNew = answer.version !== undefined && answer.version !== data.known.version;
      if (answer.share !== undefined) latest = answer;
      // A page that runs closes its dialogs, so it waits until they are closed.
      if (isNew && !document.querySelector("[role=dialog]")) {
        setTriggerValue("changed", `${answer.version} ${performance.now()}`);
        wait = 3 * wait; // in case that got lost
      }
    } catch {
      wait = 3 * wait; // the server is away: Streamlit says so
    }
    if (asking !== null) asking = setTimeout(ask, 1000 * wait * (0.9 + 0.2 * Math.random()));
  };
  show();
  const showing = setInterval(show, 100);
  asking = setTimeout(ask, 1000 * ASKING_SECONDS * Math.random());
  box.stop = () => {
    clearInterval(showing);
    clearTimeout(asking);
    asking = null;
  };
  return box.stop;
}
