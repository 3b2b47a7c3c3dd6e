// A box to tick with a name beside it. The name becomes text, never markup: it is heard as it is seen.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector("input");
  parentElement.querySelector("span").textContent = data.name;
  parentElement.querySelector("label").title = data.disabled ? data.why : "";
  box.checked = data.ticked;
  box.disabled = data.disabled;
  box.onchange = () => setTriggerValue("ticked", box.checked);
}
