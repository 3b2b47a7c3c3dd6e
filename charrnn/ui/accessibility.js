// What Streamlit's own elements lack, for everybody who uses a keyboard, a screen reader or a phone.
const MENU_BUTTON = "button[aria-haspopup=menu]";
const MENU_ITEM = "[role=menu] [role=menuitem]";
const MAX_FRAMES = 60; // to wait for a menu that opens

const focusMenu = (last, frames = MAX_FRAMES) => {
  const items = [...document.querySelectorAll(MENU_ITEM)];
  const item = last ? items.at(-1) : items[0];
  if (item && !items.includes(document.activeElement)) item.focus();
  if (!item && frames) requestAnimationFrame(() => focusMenu(last, frames - 1));
};

// A menu that was opened with a key leaves the focus on its button, where the arrow keys do nothing.
const enterMenu = (event) => {
  const button = event.target.closest?.(MENU_BUTTON);
  if (!button) return;
  const arrow = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (arrow) {
    event.preventDefault();
    if (button.getAttribute("aria-expanded") !== "true") button.click();
  }
  if (arrow || event.key === "Enter" || event.key === " ") focusMenu(event.key === "ArrowUp");
};

// A button that starts a download is disabled meanwhile and loses the focus. The dialog around it
// hears no keys then: Escape would not close it.
let focused = null;
const noteFocus = (event) => {
  focused = event.target;
};
const returnToDialog = (event) => {
  const dialog = [...document.querySelectorAll("[role=dialog]")].at(-1);
  if (!dialog || document.activeElement !== document.body) return;
  if (event.key !== "Escape" && event.key !== "Tab") return;
  const inside = dialog.contains(focused) ? focused : dialog.querySelector("button");
  inside?.focus();
  if (event.key === "Tab") event.preventDefault();
  else inside?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
};

// On a phone the links to the pages are in the sidebar, which would go on covering the page.
const closeSidebar = (event) => {
  if (!event.target.closest?.("[data-testid=stSidebarNavLink]")) return;
  document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
};

export default function () {
  if (document.charrnnRepaired) return; // it stays when another page is opened
  document.charrnnRepaired = true;
  document.addEventListener("keydown", enterMenu, true);
  document.addEventListener("focusin", noteFocus);
  document.addEventListener("keydown", returnToDialog);
  document.addEventListener("click", closeSidebar);
}
