// The page refreshes several times a second; a screen reader should speak only now and then.
export default function ({ parentElement, data }) {
  const region = parentElement.querySelector("p");
  const seconds = performance.now() / 1000;
  if (region.phase === data.phase && seconds - region.spokenAt < data.seconds) return;
  region.phase = data.phase;
  region.spokenAt = seconds;
  region.textContent = data.text;
}
