// Copies the link. Where the browser allows no copying, the link is shown, selected, to be copied by hand.
const LABEL = "Copy link to these settings";
const SAID_MS = 2500;

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text); // only over TLS, or on this machine
    return true;
  } catch {
    return false;
  }
};

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const field = parentElement.querySelector("input");
  if (!button.textContent) button.textContent = LABEL;
  if (field.value !== data.link) field.hidden = true; // it shows another link
  field.value = data.link;
  button.onclick = async () => {
    let copied = await copy(field.value);
    if (!copied) {
      field.hidden = false;
      field.focus();
      field.select();
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Press Ctrl+C to copy";
    setTimeout(() => (button.textContent = LABEL), SAID_MS);
  };
}
