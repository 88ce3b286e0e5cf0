// A part of a chart that is looked at closer needs its own numbers and times: the same steps as those that the server draws.

const svgNS = "http://www.w3.org/2000/svg";

export function element(name, attributes, text) {
  const e = document.createElementNS(svgNS, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

// scaleOf returns the upper end and the step of about n ticks: 1, 2 or 5 times a power of ten.
export function scaleOf(top, n) {
  top = Math.max(top, 1);
  const rough = top / n;
  if (rough <= 1) return { top: Math.ceil(top), step: 1 };
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= rough * 0.8);
  return { top: Math.ceil(top / step - 1e-9) * step, step };
}

const count = new Intl.NumberFormat("en-GB");

export function number(v, step) {
  for (const [of, name] of [[1e12, " T"], [1e9, " bn"], [1e6, " m"]]) {
    if (step >= of / 10 && v >= of) return (v / of).toFixed(v % of ? 1 : 0) + name;
  }
  return count.format(v);
}

// clock returns a function that tells the parts of a time in a zone.
export function clock(zone) {
  const options = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  let format;
  try {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }); // the browser does not know the zone
  }
  return (seconds) => Object.fromEntries(format.formatToParts(seconds * 1000).map((p) => [p.type, p.value]));
}

// timeTicks returns where days begin and hours between them, no closer than room allows.
export function timeTicks(from, to, tell, perHour) {
  const every = [1, 2, 7, 14, 28, 91, 182, 364, 3640].find((n) => n * 24 * perHour >= 64) ?? 3640;
  const hours = every === 1 ? [1, 3, 6, 12].find((n) => n * perHour >= 26) ?? 0 : 0;
  const ticks = [];
  const minute = Number(tell(from).minute);
  let before;
  for (let at = from - minute * 60 - 3600; at < to; at += 1800) {
    const t = tell(at);
    const day = t.year + t.month + t.day;
    const begins = before !== undefined && day !== before;
    before = day;
    if (at < from) continue;
    if (begins) {
      const number = Math.round(Date.parse(`${t.day} ${t.month} ${t.year} UTC`) / 864e5);
      if ((number + 3) % every === 0) ticks.push({ at, day: true, text: every >= 28 ? `${t.day} ${t.month} ${t.year.slice(2)}` : `${t.weekday} ${t.day} ${t.month}` });
    } else if (hours && t.minute === "00" && Number(t.hour) % hours === 0) {
      ticks.push({ at, day: false, text: t.hour });
    }
  }
  return { ticks, hourly: hours > 0 };
}

// drawAxes draws the grid of a drawing anew for the seconds from to to and the numbers up to scale.top.
export function drawAxes(svg, box, from, to, scale, tell, unit) {
  const y = svg.querySelector(".cy"), t = svg.querySelector(".ct");
  const bottom = box.y + box.height, x = (at) => box.x + ((at - from) / (to - from)) * box.width;
  y.replaceChildren();
  for (let v = 0; v <= scale.top * 1.0001; v += scale.step) {
    const at = bottom - (v / scale.top) * box.height;
    y.append(element("path", { d: `M${box.x} ${at}h${box.width}` }), element("text", { x: box.x - 6, y: at + 4 }, number(v, scale.step) + unit));
  }
  t.replaceChildren();
  const { ticks, hourly } = timeTicks(from, to, tell, box.width / ((to - from) / 3600));
  const row = hourly ? 31 : 16;
  if (hourly && !ticks.some((tick) => tick.day)) { // all of it is one day
    const day = tell(from);
    t.append(element("text", { class: "cd", x: box.x, y: bottom + row }, `${day.weekday} ${day.day} ${day.month}`));
  }
  for (const tick of ticks) {
    const at = x(tick.at);
    if (tick.day) {
      t.append(element("path", { class: "cd", d: `M${at} ${box.y}V${bottom + row - 11}` }));
      if (at + tick.text.length * 6.7 < box.x + box.width + 10) t.append(element("text", { class: "cd", x: at + 4, y: bottom + row }, tick.text));
    } else {
      t.append(element("path", { d: `M${at} ${bottom}v4` }), element("text", { x: at, y: bottom + 16 }, tick.text));
    }
  }
}
