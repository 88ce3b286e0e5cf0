// What a chart shows of an hour, in words: for whoever points at it, and for whoever cannot see it.

import { clock } from "./chart-axis.js";

const count = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const rough = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

const say = (x) => (x === null || x === undefined ? "–" : (Math.abs(x) < 10 ? rough : count).format(x));
const many = (x, one, more) => `${say(x)} ${x === 1 ? one : more}`;

// howTo says how to read a chart with what there is to point with.
export const howTo = (keys, more) => matchMedia("(pointer: coarse)").matches ? "Touch an hour to read it." : `Point at an hour, or use ${keys}.${more}`;

const days = clock("UTC"); // which the days that are counted belong to

function when(seconds, step, tell) {
  const t = (step >= 86400 ? days : tell)(seconds);
  const day = `${t.weekday} ${t.day} ${t.month}`;
  return step >= 86400 ? day : `${day}, ${t.hour}:${t.minute}`;
}

// courseWords tells an hour of a course: a row of hours, a row of those to come, or both of the running one.
export function courseWords(row, data, tell) {
  const parts = [];
  if (row.hour) {
    const [, posts, authors, low, expected, high, running] = row.hour;
    parts.push(many(posts, "post", "posts") + (running ? " so far" : ""));
    if (low !== null && high !== null) parts.push(`usual ${say(low)}–${say(high)}`);
    if (expected !== null) parts.push(`expected ${say(expected)}`);
    if (data.authors && authors !== null) parts.push(many(authors, "new author", "new authors"));
  }
  if (row.ahead) {
    const [, low, mid, high] = row.ahead;
    parts.push(`${row.hour ? "in the end" : "may have"} ${say(low)}–${say(high)} posts, most likely ${say(mid)}`);
  }
  return `${when(data.from + row.at, data.step, tell)}: ${parts.join(" · ")}`;
}

// linesWords tells an hour of courses that are compared, the largest first.
export function linesWords(row, data, tell) {
  const parts = data.names.map((name, i) => [name, row.hour[i + 1]]).filter(([, posts]) => posts !== null);
  parts.sort((a, b) => b[1] - a[1]);
  return `${when(data.from + row.at, data.step, tell)}: ${parts.map(([name, posts]) => `\u2068${name}\u2069 ${say(posts)}${data.percent ? " %" : ""}`).join(" · ")}`;
}
