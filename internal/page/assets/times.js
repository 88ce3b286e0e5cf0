// "3 min ago" is wrong a minute later: one timer writes all such times anew, in the words of the server and by its clock.

const served = Date.parse(document.body.dataset.now || "");
const ahead = Number.isNaN(served) ? 0 : served - Date.now();

export const now = () => Date.now() + ahead;

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
  for (const e of document.querySelectorAll("time.ago")) {
    if (e.closest("[data-still]")) continue;
    const words = ago(now() - Date.parse(e.dateTime));
    if (e.textContent !== words) e.textContent = words;
  }
}

export function keepTimes() {
  if (Number.isNaN(served)) return;
  setInterval(() => { if (!document.hidden) write(); }, 60000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) write(); });
}
