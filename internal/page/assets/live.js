// The ranking follows the stream of events: with every new view it asks for its own rows, as the server writes them, and
// puts into place what differs. The page says how it stands: live, connecting, or offline since when.

import { Rows } from "./rows.js";
import { tellTime } from "./times.js";

const quietAfter = 5 * 60 * 1000; // a page that nobody sees for so long lets go of its stream
const slowest = 2 * 60 * 1000;
const sayEvery = 60 * 1000;
const loadEvery = 3 * 1000; // an archive that is read in has many views a second

export function follow() {
  const place = document.getElementById("rows");
  if (!place || place.hasAttribute("data-still") || !window.EventSource) return;
  new Follower(place).begin();
}

class Follower {
  constructor(place) {
    this.place = place;
    this.since = 0; // of being offline; 0: it is not
    this.tries = 0;
    this.said = 0;
    this.news = 0;
    this.etag = "";
    this.fetching = false;
    this.again = false;
    this.left = []; // what could not be put into place yet
    this.tie();
  }

  begin() {
    document.addEventListener("visibilitychange", () => this.seen());
    addEventListener("online", () => { this.tries = 0; this.connect(); });
    addEventListener("offline", () => this.lost());
    for (const leaving of ["pointerout", "focusout"]) document.addEventListener(leaving, () => this.left.length > 0 && setTimeout(() => this.settle()));
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (e) => { if (e.persisted) this.connect(true); });
    this.connect();
  }

  tie() {
    const table = this.place.querySelector("table.trends"), moved = document.getElementById("moved");
    this.rows = table && moved ? new Rows(table, moved) : null;
  }

  connect(catchUp = false) {
    this.close();
    clearTimeout(this.timer);
    this.show("waiting", "connecting");
    const events = new EventSource("/api/v1/stream?events=view");
    this.events = events;
    events.addEventListener("start", (e) => {
      this.tries = 0;
      this.since = 0;
      this.live();
      if (catchUp || String(JSON.parse(e.data).seq) !== document.body.dataset.seq) this.load();
    });
    events.addEventListener("view", () => this.load());
    events.addEventListener("reset", () => this.load());
    events.onerror = () => { if (this.events === events) this.lost(); };
  }

  close() {
    this.events?.close();
    this.events = null;
  }

  // lost waits longer from time to time, and not as long as all others who were lost at the same moment.
  lost() {
    this.close();
    clearTimeout(this.timer);
    this.since ||= Date.now();
    const wait = Math.min(slowest, 1000 * 2 ** this.tries++) * (0.5 + Math.random());
    if (this.tries < 2) {
      this.show("waiting", "connecting again");
    } else {
      const zone = document.body.dataset.zone;
      this.show("offline", `offline since ${new Date(this.since).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone })}`);
    }
    if (!document.hidden) this.timer = setTimeout(() => this.connect(true), wait);
  }

  seen() {
    clearTimeout(this.sleep);
    if (document.hidden) this.sleep = setTimeout(() => { clearTimeout(this.timer); this.close(); }, quietAfter);
    else if (!this.events) { this.tries = 0; this.connect(true); }
    else if (this.again) this.load();
  }

  load() {
    if (this.fetching) { this.again = true; return; }
    this.fetching = true;
    this.again = false;
    this.fetch().finally(() => setTimeout(() => {
      this.fetching = false;
      if (this.again && !document.hidden) this.load();
    }, loadEvery));
  }

  async fetch() {
    try {
      const address = new URL(location.href);
      address.searchParams.set("part", "rows");
      address.searchParams.delete("done");
      const headers = { Accept: "text/html" };
      if (this.etag) headers["If-None-Match"] = this.etag;
      const answer = await fetch(address, { headers, cache: "no-store", redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") { location.reload(); return; }
      if (answer.status === 200) {
        this.put(new DOMParser().parseFromString(await answer.text(), "text/html"));
        this.etag = answer.headers.get("ETag") || "";
      }
    } catch {
      this.lost();
    }
  }

  put(fresh) {
    const state = fresh.getElementById("state"), table = fresh.querySelector("table.trends");
    if (state) tellTime(state.dataset);
    this.left = [() => !state || putState(state, () => { if (this.since === 0) this.live(); })];
    if (this.rows && table) {
      this.news += this.rows.update(table.tBodies[0]);
      const pager = fresh.querySelector(".pager");
      this.left.push(() => swap(this.place.querySelector("table.trends caption"), table.caption), () => swap(this.place.querySelector(".pager"), pager));
    } else {
      this.left.push(() => swap(document.getElementById("list"), fresh.getElementById("list"), () => this.tie()));
    }
    for (const id of ["verdict", "facets", "wave"]) this.left.push(() => swap(document.getElementById(id), fresh.getElementById(id)));
    this.settle();
    this.announce();
  }

  // settle puts into place what can be. What somebody points at or is inside of waits until they leave it: the server does
  // not send it again.
  settle() { this.left = this.left.filter((put) => !put()); }

  announce() {
    if (this.news === 0 || Date.now() - this.said < sayEvery) return;
    document.getElementById("say").textContent = this.news === 1 ? "1 new trend" : `${this.news} new trends`;
    this.said = Date.now();
    this.news = 0;
  }

  // live says that the page follows; that is nothing good where nothing comes in.
  live() {
    if (document.getElementById("state")?.hasAttribute("data-idle")) this.show("idle", "waiting for posts: no source is on");
    else this.show("", "live");
  }

  show(state, words) {
    const e = document.getElementById("live");
    e.hidden = false;
    e.className = state ? `live is-${state}` : "live";
    if (e.textContent !== words) e.textContent = words;
  }
}

// putState puts what is said of the server into place, unless somebody is inside.
function putState(newer, done) {
  const state = document.getElementById("state");
  if (state.contains(document.activeElement)) return false;
  newer.querySelector("#live")?.replaceWith(document.getElementById("live"));
  state.replaceChildren(...[...newer.childNodes].map((n) => document.adoptNode(n)));
  state.toggleAttribute("data-idle", newer.hasAttribute("data-idle"));
  document.body.dataset.seq = newer.dataset.seq;
  done();
  return true;
}

// swap puts newer content into an element, unless somebody points at it or is inside: then it returns false.
function swap(element, newer, done) {
  if (!element || !newer || element.innerHTML === newer.innerHTML) return true;
  if (element.contains(document.activeElement) || element.matches(":hover")) return false;
  element.replaceChildren(...[...newer.childNodes].map((n) => document.adoptNode(n)));
  done?.();
  return true;
}
