// What grows old is put in place anew: whatever has data-refresh is fetched from there every data-every seconds. What was
// opened, focused or selected stays so, and nothing moves while somebody is in the middle of it.

export function refresh() {
  for (const part of document.querySelectorAll("[data-refresh]")) keep(part);
}

function keep(part) {
  const every = Math.max(5, Number(part.dataset.every) || 30) * 1000;
  let running = false;
  const again = async () => {
    if (running || document.hidden || busy(part)) return;
    running = true;
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") { location.reload(); return; } // the visit is over
      if (answer.ok && !busy(part)) put(part, await answer.text());
    } catch {
      // The server is away; the next look tells.
    } finally {
      running = false;
    }
  };
  setInterval(again, every);
  document.addEventListener("visibilitychange", again);
}

function busy(part) {
  const selected = getSelection();
  if (selected && !selected.isCollapsed && part.contains(selected.anchorNode)) return true;
  return part.querySelector(":active, input:focus, textarea:focus, select:focus") !== null;
}

function put(part, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const details of part.querySelectorAll("details[id]")) {
    const same = fresh.getElementById(details.id);
    if (same) same.open = details.open;
  }
  const place = placeOf(part, document.activeElement);
  part.replaceChildren(...fresh.body.childNodes);
  place?.(part)?.focus({ preventScroll: true });
}

// placeOf remembers which element has the focus: the nth of its kind within the nearest element with a name.
function placeOf(part, element) {
  if (!element || element === part || !part.contains(element)) return null;
  const holder = element.closest("[id]");
  const named = holder && holder !== part && part.contains(holder) ? holder.id : "";
  const kind = element.tagName;
  const nth = [...(named ? holder : part).querySelectorAll(kind)].indexOf(element);
  return (root) => {
    const from = named ? document.getElementById(named) : root;
    if (!from) return null;
    return nth < 0 ? from : from.querySelectorAll(kind)[nth];
  };
}
