// One thing a visitor does adds at most one entry to the browser's history.
//
// Streamlit calls history.pushState() for every change of the URL. Opening a page makes several:
// the path, then each parameter that the page adds to a link. All of them belong to one entry, and
// so does everything the page writes until the next click or key. An entry whose address holds the
// key of a workspace is always replaced: Back must not bring the key into the address bar again.
//
// What the server drew before it hears of Back or Forward arrives after it, and would write the
// address of the page just left into the entry that the visitor has gone to.
(() => {
  if (history.entriesByVisitor) return; // installed already
  history.entriesByVisitor = true;
  const withoutEntry = new Set(WITHOUT_ENTRY);
  const LATE = 10_000; // milliseconds for which the server may not know of Back or Forward
  let answered = true; // whether the visitor's last action has its entry already
  let returned = -LATE; // when Back or Forward was last used, unless something was done since

  const acted = () => {
    answered = false;
    returned = -LATE;
  };
  addEventListener("popstate", () => {
    returned = performance.now();
  });
  addEventListener("pointerdown", acted, true);
  addEventListener("keydown", acted, true);
  addEventListener("click", (event) => event.detail === 0 && acted(), true); // without a pointer

  const compared = (url) => {
    const { pathname, searchParams } = new URL(url, location.href);
    const parameters = [...searchParams].filter(([name]) => !withoutEntry.has(name));
    return pathname + JSON.stringify(parameters.sort());
  };
  const isOfPageJustLeft = (url) =>
    performance.now() - returned < LATE &&
    new URL(url, location.href).pathname !== location.pathname;
  const holdsKey = () => new URL(location.href).searchParams.has("w");
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    if (isOfPageJustLeft(url)) return;
    if (answered || holdsKey() || compared(url) === compared(location.href)) {
      history.replaceState(state, title, url);
    } else {
      push(state, title, url);
      answered = true;
    }
  };
})();
