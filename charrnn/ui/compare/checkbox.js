// A checkbox whose label is set as text, never as markup.
export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector("input");
  parentElement.querySelector("span").textContent = data.label;
  parentElement.querySelector("label").title = data.disabled ? data.reason : "";
  box.checked = data.checked;
  box.disabled = data.disabled;
  box.onchange = () => setTriggerValue("checked", box.checked);
}
