// Draws the page again once Streamlit has changed its theme, as it does when the system goes over to
// another one: what the server has drawn in colors of its own, such as charts, has those of before.
const isDark = (app) => getComputedStyle(app).colorScheme.includes("dark");

// page: whether it was drawn for the dark theme (dark), and how to have it drawn again (draw).
function watch(app, page) {
  const follow = () => {
    if (isDark(app) === page.dark) return;
    // A dialog would be closed. When the visitor has closed it, the page is drawn again anyway.
    if (document.querySelector("[role=dialog]")) return;
    page.dark = isDark(app);
    page.draw();
  };
  new MutationObserver(follow).observe(app, { attributeFilter: ["class"] });
}

export default function ({ data, setTriggerValue }) {
  const app = document.querySelector(".stApp");
  const isWatched = "charrnnPage" in app; // it stays when another page is opened
  app.charrnnPage ??= {};
  app.charrnnPage.dark = data.dark;
  app.charrnnPage.draw = () => setTriggerValue("changed", true);
  if (!isWatched) watch(app, app.charrnnPage);
}
