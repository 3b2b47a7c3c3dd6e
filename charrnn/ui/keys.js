// Keys for whoever presents to a room. None of them fires while somebody types, while a
// control that uses the key has the focus, or while a dialog or a menu is open.
// A toast is none of these, though it has the role.
const OVERLAY = "[role=dialog], [role=alertdialog]:not(.stToast), [role=menu], dialog[open]";
const TYPED_IN = `:is(input, textarea, select):not([type=range], [type=checkbox], [type=radio],
  [type=button]), [contenteditable], [role=textbox], [role=combobox], [role=searchbox]`;
const USES = {
  Space: `button, summary, input, select, textarea, [contenteditable], [role=button], [role=switch],
    [role=checkbox], [role=radio], [role=tab], [role=option], [role=listbox], [role=combobox],
    [role=menuitem], canvas`,
  Arrow: `input, select, textarea, [contenteditable], [role=slider], [role=radio], [role=tab],
    [role=option], [role=listbox], [role=combobox], [role=menuitem], [role=grid], canvas`,
  "?": TYPED_IN,
};
const OFF = "charrnn_keys_off"; // in the browser: this visitor wants no keys
const LIST = [
  ["Space", "train and pause; elsewhere, play and pause"],
  ["← →", "one step back or forward: the earlier sample, the snapshot, the position"],
  ["Home End", "the first or the newest of these"],
  ["?", "this list"],
];
// What the keys act on, the first that is on the page.
const TRAIN = ".st-key-main_button button";
const PLAY = "[data-plays]"; // a button of a picture that plays by itself
const STEPS = "[data-steps]"; // a picture that knows the arrow keys
const STEPPED = `[class*=st-key-earlier_samples_], [class*=st-key-inside_at_],
  [class*=st-key-embeddings_at_], [class*=st-key-write_at_], .st-key-at`;

const isVisible = (element) => element?.checkVisibility?.({ visibilityProperty: true }) ?? false;
const firstVisible = (selector) => [...document.querySelectorAll(selector)].find(isVisible);

const focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};
const isOff = () => {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // this browser keeps nothing
  }
};
const turn = (on) => {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // it holds for as long as the page is open, which is until the next press
  }
};

// Whether a key scrolls what has the focus: a long sample, a wide table.
const scrolls = (element, key) => {
  if (!element || element.matches("body, main")) return false;
  const { overflowX, overflowY } = getComputedStyle(element);
  return key.startsWith("Arrow")
    ? /auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth
    : /auto|scroll/.test(overflowY) && element.scrollHeight > element.clientHeight;
};

// The page itself has the focus after a click on it; a key would draw a frame around it.
const leavePage = () => document.activeElement?.matches("main") && document.activeElement.blur();

const press = (button, event) => {
  if (!event.repeat && !button.disabled) button.click();
};

// A slider of Streamlit follows its own keys alone.
const step = (input, key) => {
  for (const type of ["keydown", "keyup"]) {
    input.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  }
};

const element = (tag, text = "", ...children) => {
  const created = document.createElement(tag);
  created.textContent = text;
  created.append(...children);
  return created;
};
const list = () => {
  const dialog = element("dialog");
  dialog.className = "key-list";
  dialog.setAttribute("aria-labelledby", "keys-heading");
  const heading = element("h2", "Keys");
  heading.id = "keys-heading";
  const rows = LIST.map(([keys, meaning]) => {
    const names = keys.split(" ").map((key) => element("kbd", key));
    return element("tr", "", element("th", "", ...names), element("td", meaning));
  });
  const use = element("input");
  use.type = "checkbox";
  use.checked = !isOff();
  use.onchange = () => turn(use.checked);
  const close = element("button", "Close");
  close.onclick = () => dialog.close();
  const note = element("p", "None of them fires while you type, or while a control that uses it has the focus.");
  dialog.append(heading, element("table", "", ...rows), note);
  dialog.append(element("label", "", use, " Use these keys"), close);
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // and return nothing: false would undo the click
  };
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
};

const onKey = (event) => {
  if (!event.isTrusted || event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector(OVERLAY)) return;
  const key = event.key === " " ? "Space" : event.key;
  const steps = ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key);
  const users = USES[steps ? "Arrow" : key];
  if (!users || focused()?.closest?.(users)) return;
  if (key !== "?" && scrolls(focused(), key)) return;
  leavePage();
  if (key === "?") {
    event.preventDefault();
    list(); // always: here they are turned on again
  } else if (isOff() || event.shiftKey) {
    return;
  } else if (key === "Space") {
    const button = firstVisible(TRAIN) ?? firstVisible(PLAY);
    if (!button) return;
    event.preventDefault();
    press(button, event);
  } else {
    const picture = firstVisible(STEPS);
    const input = firstVisible(STEPPED)?.querySelector("input[type=range]");
    if (!picture && !input) return;
    event.preventDefault();
    if (picture) picture.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    else step(input, key);
  }
};

export default function () {
  if (document.charrnnKeys) return; // they stay when another page is opened
  document.charrnnKeys = true;
  document.addEventListener("keydown", onKey);
}
