// Counts down to the moment at which everybody starts. The server says how far away it is, so that
// the clocks of the browsers do not matter.
export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".countdown");
  const number = box.querySelector(".countdown-number");
  if (box.begins !== data.begins) {
    box.begins = data.begins;
    box.end = performance.now() + 1000 * data.seconds;
  }
  clearInterval(box.timer);
  const show = () => {
    const left = Math.ceil((box.end - performance.now()) / 1000);
    number.textContent = left > 3 ? "Get ready" : left > 0 ? String(left) : "Go!";
  };
  show();
  box.timer = setInterval(show, 100);
  return () => clearInterval(box.timer);
}
