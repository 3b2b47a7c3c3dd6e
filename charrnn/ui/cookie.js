// Keeps the key of the visitor's workspace in a cookie.
//
// A second tab may have been opened at the same time, and the browser has the key of that one by
// now: then the page is loaded again, once, and takes that key.
const RELOADED = "charrnn reloaded";
let stored = null; // by this page; another tab may since have stored another key

function find(name) {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return cookie?.slice(name.length + 1);
}

function reloadOnce() {
  if (sessionStorage.getItem(RELOADED)) return false;
  sessionStorage.setItem(RELOADED, "yes");
  location.reload();
  return true;
}

export default function ({ data, setTriggerValue }) {
  if (stored === data.key) return;
  stored = data.key;
  const found = find(data.name);
  if (found === data.key) return;
  const isKey = found && new RegExp(`^(?:${data.format})$`).test(found);
  if (isKey && !data.replaces && reloadOnce()) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie =
    `${data.name}=${data.key}; path=/; max-age=${data.seconds}; SameSite=Strict${secure}`;
  if (find(data.name) !== data.key) setTriggerValue("blocked", true);
}
