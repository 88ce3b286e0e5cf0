// "3 min ago" is wrong a minute later: one timer writes all such times anew, in the words of the server and by its clock.
// The clock of an archive stands, and while one is being read it goes as far as was read.

let served, ahead, still;
setClock(document.body.dataset);

export const now = () => (still ? served : Date.now() + ahead);

function setClock(told) {
  served = Date.parse(told.now || "");
  ahead = Number.isNaN(served) ? 0 : served - Date.now();
  still = told.stands !== undefined && !Number.isNaN(served);
}

// tellTime takes the time of what was loaded later. A clock that runs is told to the minute only, and is right already.
export function tellTime(told) {
  if (!still && told.stands === undefined) return;
  setClock(told);
  write();
}

export function lasting(ms) {
  const minutes = Math.round(Math.max(ms, 0) / 60000);
  const days = Math.floor(minutes / 1440), h = Math.floor(minutes / 60) % 24, m = minutes % 60;
  if (minutes < 1) return "less than a minute";
  if (days > 0) return h > 0 ? `${days} d ${h} h` : `${days} d`;
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`;
  return `${m} min`;
}

export function ago(ms) {
  if (ms < -30000) return `in ${lasting(-ms)}`;
  return ms < 60000 ? "just now" : `${lasting(ms)} ago`;
}

function write() {
  if (Number.isNaN(served)) return;
  for (const e of document.querySelectorAll("time.ago")) {
    if (e.closest("[data-still]")) continue;
    const words = ago(now() - Date.parse(e.dateTime));
    if (e.textContent !== words) e.textContent = words;
  }
}

export function keepTimes() {
  setInterval(() => { if (!document.hidden) write(); }, 60000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) write(); });
}
