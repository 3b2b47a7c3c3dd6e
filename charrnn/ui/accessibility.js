// What Streamlit's own elements lack, for everybody who uses a keyboard, a screen reader or a phone.
const MENU_BUTTON = "button[aria-haspopup=menu]";
const MENU_ITEM = "[role=menu] [role=menuitem]";
const DIALOG = "[role=dialog]";
const OVERLAY = `${DIALOG}, [role=menu]`;
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
let opener = null; // of the dialog, if one is open: what had the focus last outside dialogs and menus
const noteFocus = (event) => {
  focused = event.target;
  if (!focused.closest(OVERLAY)) opener = focused;
};
const returnToDialog = (event) => {
  const dialog = [...document.querySelectorAll(DIALOG)].at(-1);
  if (!dialog || document.activeElement !== document.body) return;
  if (event.key !== "Escape" && event.key !== "Tab") return;
  const inside = dialog.contains(focused) ? focused : dialog.querySelector("button");
  inside?.focus();
  if (event.key === "Tab") event.preventDefault();
  else inside?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
};

// A dialog that was opened from a menu leaves the focus nowhere when it is closed, since the item of
// the menu is gone. It may take some frames until the dialog has let go of it, and the page may have
// drawn the button of the menu anew meanwhile.
const focusOpener = (frames = MAX_FRAMES) => {
  if (document.activeElement === document.body && !document.querySelector(DIALOG)) {
    const isLike = (button) => button.textContent === opener?.textContent;
    const drawn = opener?.isConnected
      ? opener
      : [...document.querySelectorAll(MENU_BUTTON)].find(isLike);
    drawn?.focus();
  } else if (frames) requestAnimationFrame(() => focusOpener(frames - 1));
};
const returnToOpener = (mutations) => {
  const closed = mutations.some(({ removedNodes }) =>
    [...removedNodes].some((node) => node.matches?.(DIALOG) || node.querySelector?.(DIALOG)),
  );
  if (closed) requestAnimationFrame(() => focusOpener());
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
  new MutationObserver(returnToOpener).observe(document.body, { childList: true });
}
