// Charts are pictures with a table or words beside them; this lets somebody read them hour by hour, with the pointer or the
// keys, and look at a part closer.

import { clock, drawAxes, element, scaleOf } from "./chart-axis.js";
import { courseWords, howTo, linesWords } from "./chart-words.js";
import { readWeek } from "./chart-week.js";

const perHour = 10, full = 1000; // the box of the drawing: an hour's width, the scale's height
const fewest = 4; // steps that are looked at at least

// readCharts makes all charts readable, also those that are put on the page later.
export function readCharts() {
  findCharts(document);
  new MutationObserver((changes) => {
    if (changes.some((change) => change.addedNodes.length > 0)) findCharts(document);
  }).observe(document.querySelector("main") ?? document.body, { childList: true, subtree: true });
}

const found = new WeakSet();

function findCharts(root) {
  for (const e of root.querySelectorAll("[data-chart], .c-week")) {
    if (found.has(e)) continue;
    found.add(e);
    if (e.matches(".c-week")) readWeek(e);
    else new Chart(e);
  }
}

class Chart {
  constructor(root) {
    this.root = root;
    this.data = JSON.parse(root.dataset.chart);
    this.tell = clock(this.data.zone);
    this.words = this.data.names ? linesWords : courseWords;
    this.rows = rowsOf(this.data);
    if (this.rows.length === 0) return;
    this.all = { from: this.data.from, to: this.data.to };
    this.part = this.all;
    this.small = root.classList.contains("c-one");
    this.svgs = [...root.querySelectorAll(":scope > svg")].map((svg) => {
      const box = svg.querySelector(".cp");
      const size = Object.fromEntries(["x", "y", "width", "height"].map((k) => [k, Number(box.getAttribute(k))]));
      const cursor = element("path", { class: "c-cursor" }), point = element("path", { class: "c-point" }), chosen = element("rect", { class: "c-chosen", y: 0, height: full, width: 0 });
      box.append(chosen, cursor, point);
      return { svg, box, size, top: Number(box.dataset.top), cursor, point, chosen, ticks: svg.classList.contains("c-wide") ? 5 : svg.classList.contains("c-narrow") ? 4 : 2 };
    });
    root.tabIndex = 0;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", this.svgs[0].svg.getAttribute("aria-label"));
    this.addReadout();
    this.listen();
  }

  addReadout() {
    this.read = document.createElement("output");
    const line = document.createElement("div");
    line.className = "c-read";
    line.append(this.read);
    if (!this.small) {
      const look = document.createElement("span");
      this.buttons = [["+", "Closer", () => this.zoom(0.5)], ["−", "Farther", () => this.zoom(2)], ["All", "All of it", () => this.look(this.all)]].map(([text, label, act]) => {
        const b = document.createElement("button");
        b.type = "button";
        b.textContent = text;
        b.setAttribute("aria-label", label);
        b.title = label;
        b.addEventListener("click", act);
        look.append(b);
        return b;
      });
      line.append(look);
      this.state();
    }
    this.svgs.at(-1).svg.after(line);
    this.rest();
  }

  // rest says what can be done while no hour is read.
  rest() {
    this.at = undefined;
    for (const s of this.svgs) for (const e of [s.cursor, s.point]) e.removeAttribute("d");
    this.read.textContent = this.small ? "" : howTo("← and →", " Drag over a part, or use + and −, to look closer.");
  }

  listen() {
    for (const s of this.svgs) {
      s.svg.addEventListener("pointermove", (e) => this.pointed(e, s));
      s.svg.addEventListener("pointerleave", () => this.drag || this.rest());
      s.svg.addEventListener("pointerdown", (e) => this.pressed(e, s));
      s.svg.addEventListener("pointerup", (e) => this.released(e, s));
      s.svg.addEventListener("pointercancel", () => this.dropped());
      s.svg.addEventListener("dblclick", () => this.small || this.look(this.all));
    }
    this.root.addEventListener("keydown", (e) => this.typed(e));
  }

  // timeAt returns the time under the pointer, in seconds from the beginning.
  timeAt(e, s) {
    const r = s.svg.getBoundingClientRect();
    const scale = s.svg.viewBox.baseVal.width / r.width;
    const share = Math.max(0, Math.min(1, ((e.clientX - r.left) * scale - s.size.x) / s.size.width));
    return this.part.from + share * (this.part.to - this.part.from) - this.data.from;
  }

  pointed(e, s) {
    const at = this.timeAt(e, s);
    this.read.setAttribute("aria-live", "off"); // a pointer passes too many hours to be told each
    this.show(this.nearest(at));
    if (!this.drag || !moved(this.drag, e)) return;
    s.chosen.setAttribute("x", (Math.min(at, this.drag.at) / 3600) * perHour);
    s.chosen.setAttribute("width", (Math.abs(at - this.drag.at) / 3600) * perHour);
  }

  pressed(e, s) {
    if (this.small || e.pointerType === "touch" || e.button !== 0) return; // a finger scrolls
    s.svg.setPointerCapture(e.pointerId);
    this.drag = { x: e.clientX, at: this.timeAt(e, s) };
  }

  released(e, s) {
    const drag = this.drag;
    this.dropped();
    if (!drag || !moved(drag, e)) return;
    const step = this.data.step;
    const [a, b] = [drag.at, this.timeAt(e, s)].sort((x, y) => x - y);
    this.look({ from: this.data.from + Math.floor(a / step) * step, to: this.data.from + Math.ceil(b / step) * step });
  }

  dropped() {
    this.drag = undefined;
    for (const s of this.svgs) s.chosen.setAttribute("width", 0);
  }

  typed(e) {
    if (e.target !== this.root || e.ctrlKey || e.metaKey || e.altKey) return;
    const far = e.shiftKey ? 24 : 1, last = this.rows.length - 1;
    const moves = { ArrowLeft: -far, ArrowRight: far, Home: -Infinity, End: Infinity };
    if (e.key in moves) {
      const start = this.at ?? (moves[e.key] < 0 ? this.present() + 1 : this.present() - 1);
      this.read.setAttribute("aria-live", "polite");
      this.show(Math.max(0, Math.min(last, start + moves[e.key])));
      this.follow();
    } else if (!this.small && (e.key === "+" || e.key === "=")) this.zoom(0.5);
    else if (!this.small && (e.key === "-" || e.key === "_")) this.zoom(2);
    else if (e.key === "Escape") {
      this.dropped();
      if (this.part !== this.all) this.look(this.all);
      else this.rest();
    } else return;
    e.preventDefault();
  }

  // present returns the row of the last hour that was counted.
  present() {
    const next = this.rows.findIndex((r) => !r.hour);
    return next > 0 ? next - 1 : this.rows.length - 1;
  }

  nearest(at) {
    const middle = at - this.data.step / 2;
    let best = 0;
    this.rows.forEach((r, i) => { if (Math.abs(r.at - middle) < Math.abs(this.rows[best].at - middle)) best = i; });
    return best;
  }

  // show tells one hour and draws where it is.
  show(i) {
    this.at = i;
    const row = this.rows[i], x = ((row.at + this.data.step / 2) / 3600) * perHour;
    this.read.textContent = this.words(row, this.data, this.tell);
    const value = this.data.names ? null : row.hour ? row.hour[1] : row.ahead[2];
    for (const s of this.svgs) {
      s.cursor.setAttribute("d", `M${x} 0V${full}`);
      if (value === null) s.point.removeAttribute("d");
      else s.point.setAttribute("d", `M${x} ${full * (1 - value / s.top)}h0`);
    }
  }

  // follow moves the part that is looked at to the hour that is read.
  follow() {
    const at = this.data.from + this.rows[this.at].at, { from, to } = this.part;
    if (at < from) this.look({ from: at, to: at + to - from });
    else if (at + this.data.step > to) this.look({ from: at + this.data.step - (to - from), to: at + this.data.step });
  }

  zoom(factor) {
    const { from, to } = this.part, step = this.data.step;
    const middle = this.at === undefined ? (from + to) / 2 : this.data.from + this.rows[this.at].at + step / 2;
    const half = Math.max((fewest * step) / 2, ((to - from) * factor) / 2);
    this.look({ from: Math.round((middle - half) / step) * step, to: Math.round((middle + half) / step) * step });
  }

  // look shows a part of the time, which lies within all of it and is not too short.
  look({ from, to }) {
    const least = Math.min(fewest * this.data.step, this.all.to - this.all.from);
    const length = Math.min(Math.max(to - from, least), this.all.to - this.all.from);
    from = Math.max(this.all.from, Math.min(from, this.all.to - length));
    to = from + length;
    this.part = from === this.all.from && to === this.all.to ? this.all : { from, to };
    for (const s of this.svgs) this.draw(s);
    this.state();
  }

  state() {
    if (!this.buttons) return;
    const whole = this.part === this.all;
    this.buttons[0].disabled = this.part.to - this.part.from <= fewest * this.data.step;
    this.buttons[1].disabled = this.buttons[2].disabled = whole;
  }

  draw(s) {
    const { from, to } = this.part;
    const scale = scaleOf(this.part === this.all ? s.top : Math.min(s.top, this.largest()), s.ticks);
    const left = ((from - this.data.from) / 3600) * perHour, width = ((to - from) / 3600) * perHour, height = (full * scale.top) / s.top;
    s.box.setAttribute("viewBox", `${left} ${full - height} ${width} ${height}`);
    drawAxes(s.svg, s.size, from, to, scale, this.tell, this.data.percent ? " %" : "");
    for (const mark of s.svg.querySelectorAll(".ck")) {
      const share = (Number(mark.dataset.at) - left) / width;
      mark.setAttribute("transform", `translate(${s.size.x + share * s.size.width})`);
      mark.toggleAttribute("hidden", share < 0 || share > 1);
    }
    for (const end of s.svg.querySelectorAll(".cv")) end.toggleAttribute("hidden", to !== this.all.to || scale.top !== s.top);
  }

  // largest returns the largest number of the part that is looked at.
  largest() {
    let top = 0;
    for (const row of this.rows) {
      const at = this.data.from + row.at;
      if (at + this.data.step <= this.part.from || at >= this.part.to) continue;
      if (row.hour) top = Math.max(top, ...(this.data.names ? row.hour.slice(1) : [row.hour[1], row.hour[5]]).filter((v) => v !== null));
      if (row.ahead) top = Math.max(top, row.ahead[3] ?? 0);
    }
    return top;
  }
}

// moved reports whether the pointer went so far since it was pressed that a part is meant, no click.
const moved = (drag, e) => Math.abs(e.clientX - drag.x) >= 6;

// rowsOf joins what was counted and what may come, by time.
function rowsOf(data) {
  const rows = new Map();
  for (const hour of data.hours) rows.set(hour[0], { at: hour[0], hour });
  for (const ahead of data.ahead ?? []) rows.set(ahead[0], { ...(rows.get(ahead[0]) ?? { at: ahead[0] }), ahead });
  return [...rows.values()].sort((a, b) => a.at - b.at);
}
