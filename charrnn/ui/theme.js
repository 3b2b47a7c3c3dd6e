// Draws the page again once Streamlit has changed its theme, as it does when the system goes over to
// another one: what the server has drawn in colors of its own, such as charts, has those of before.
let drawn = null; // whether the page was drawn for the dark theme
let ask = () => {};

const isDark = (app) => getComputedStyle(app).colorScheme.includes("dark");

function watch(app) {
  app.charrnnTheme = new MutationObserver(() => {
    if (isDark(app) === drawn) return;
    // A dialog would be closed. When the visitor has closed it, the page is drawn again anyway.
    if (document.querySelector("[role=dialog]")) return;
    drawn = isDark(app);
    ask();
  });
  app.charrnnTheme.observe(app, { attributeFilter: ["class"] });
}

export default function ({ data, setTriggerValue }) {
  drawn = data.dark;
  ask = () => setTriggerValue("changed", true);
  const app = document.querySelector(".stApp");
  if (!app.charrnnTheme) watch(app); // it stays when another page is opened
}
