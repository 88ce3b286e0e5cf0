// The hours of a week are read with the pointer or the arrow keys; each has its words as a title already.

import { howTo } from "./chart-words.js";

export function readWeek(root) {
  const read = document.createElement("output"), line = document.createElement("div");
  line.className = "c-read";
  line.append(read);
  const svgs = [...root.querySelectorAll(":scope > svg")];
  const cells = svgs.map((svg) => [...svg.querySelectorAll("[data-hour]")]);
  svgs.at(-1).after(line);
  root.tabIndex = 0;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", svgs[0].getAttribute("aria-label"));
  let at;
  const rest = () => {
    at = undefined;
    for (const e of root.querySelectorAll(".c-here")) e.classList.remove("c-here");
    read.textContent = howTo("the arrow keys", "");
  };
  const show = (hour) => {
    rest();
    at = hour;
    for (const form of cells) form[hour].querySelector(".wg").classList.add("c-here");
    read.textContent = cells[0][hour].querySelector("title")?.textContent ?? "not known";
  };
  for (const svg of svgs) {
    svg.addEventListener("pointerover", (e) => {
      const cell = e.target.closest("[data-hour]");
      read.setAttribute("aria-live", "off");
      if (cell) show(Number(cell.dataset.hour));
    });
    svg.addEventListener("pointerleave", rest);
  }
  root.addEventListener("keydown", (e) => {
    if (e.target !== root || e.ctrlKey || e.metaKey || e.altKey) return;
    const across = svgs.find((svg) => svg.getClientRects().length > 0)?.classList.contains("c-wide");
    const hour = across ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const day = across ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    const way = { [hour[0]]: -1, [hour[1]]: 1, [day[0]]: -24, [day[1]]: 24 }[e.key];
    if (e.key === "Escape") rest();
    else if (way === undefined) return;
    else {
      read.setAttribute("aria-live", "polite");
      show(at === undefined ? 0 : (at + way + 168) % 168);
    }
    e.preventDefault();
  });
  rest();
}
