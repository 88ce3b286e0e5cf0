// Brings the rows of a table up to date in place. Nothing moves while somebody points at the table or is inside it: a click
// would meet another row than was meant.

const keyOf = (row) => row.dataset.key;

export class Rows {
  constructor(table, moved) {
    this.body = table.tBodies[0];
    this.moved = moved;
    this.waiting = null;
    this.behind = []; // what could not be changed yet
    this.pointed = false;
    table.addEventListener("pointerenter", () => { this.pointed = true; });
    table.addEventListener("pointerleave", () => { this.pointed = false; this.settle(); });
    table.addEventListener("focusout", () => setTimeout(() => this.settle()));
    moved.querySelector("button").addEventListener("click", () => this.settle(true));
  }

  busy() { return this.pointed || this.body.contains(document.activeElement); }

  // update takes the rows of a newer table and returns how many are new.
  update(fresh) {
    const rows = new Map([...this.body.rows].map((row) => [keyOf(row), row]));
    const next = [...fresh.rows];
    const added = next.filter((row) => !rows.has(keyOf(row))).length;
    this.behind = next.filter((row) => {
      const old = rows.get(keyOf(row));
      return old && !change(old, row);
    });
    this.waiting = next;
    const wanted = new Set(next.map(keyOf));
    for (const [key, row] of rows) row.classList.toggle("is-gone", !wanted.has(key));
    this.settle();
    return added;
  }

  // settle puts the rows in their order, unless that would disturb.
  settle(asked = false) {
    this.catchUp();
    if (!this.waiting) return;
    const order = this.waiting.map(keyOf), shown = [...this.body.rows].map(keyOf);
    const moves = differences(shown, order);
    if (moves > 0 && this.busy() && !asked) {
      this.moved.querySelector("button").textContent = moves === 1 ? "1 row has moved: reorder" : `${moves} rows have moved: reorder`;
      this.moved.hidden = false;
      return;
    }
    this.moved.hidden = true;
    if (moves > 0) this.arrange(order);
    this.waiting = null;
  }

  // catchUp changes the cells that had the focus when newer ones came.
  catchUp() {
    if (this.behind.length === 0) return;
    const rows = new Map([...this.body.rows].map((row) => [keyOf(row), row]));
    this.behind = this.behind.filter((row) => {
      const old = rows.get(keyOf(row));
      return old && !change(old, row);
    });
  }

  arrange(order) {
    const rows = new Map([...this.body.rows].map((row) => [keyOf(row), row]));
    const fresh = new Map(this.waiting.map((row) => [keyOf(row), row]));
    const top = scrollY, focused = document.activeElement;
    for (const [key, row] of rows) if (!fresh.has(key)) row.remove();
    let place = this.body.firstElementChild;
    for (const key of order) {
      let row = rows.get(key);
      if (row === place && row) {
        place = place.nextElementSibling;
        continue;
      }
      if (!row) {
        row = document.importNode(fresh.get(key), true);
        row.classList.add("is-new");
      }
      this.body.insertBefore(row, place);
    }
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    if (scrollY !== top) scrollTo({ top, behavior: "instant" });
  }
}

// differences counts the places of an order that differ from another.
function differences(a, b) {
  let n = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) n++;
  return n;
}

// change replaces the cells that differ. What is open stays open, and what has the focus keeps it: then it returns false.
function change(old, row) {
  let whole = true;
  old.classList.remove("is-new");
  for (let i = 0; i < row.cells.length; i++) {
    const from = row.cells[i], to = old.cells[i];
    if (!to) continue;
    if (to.contains(document.activeElement)) {
      if (to.innerHTML !== from.innerHTML) whole = false;
      continue;
    }
    const open = to.querySelector("details")?.open;
    if (open) from.querySelector("details")?.setAttribute("open", "");
    if (to.innerHTML !== from.innerHTML) to.replaceChildren(...[...from.childNodes].map((n) => document.importNode(n, true)));
  }
  return whole;
}
