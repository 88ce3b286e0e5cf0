// The server writes times in the viewer's zone, which only the browser knows: it is told in a cookie, and the page loaded
// again. It follows who travels, but not who has chosen a zone by hand. What the server was told already and does not know
// is no reason to load the page again, and again. The browser knows the names of all zones as well.

export function tellZone() {
  const { zone: shown, zoned } = document.body.dataset;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zoned === "chosen" || !zone || zone === shown) return;
  const told = `swell-zone=${encodeURIComponent(zone)}`;
  const isTold = () => document.cookie.split("; ").includes(told);
  if (isTold()) return;
  document.cookie = `${told}; path=/; max-age=31536000; samesite=lax`;
  if (isTold()) location.reload();
}

// suggestZones fills in the names of zones to choose from when somebody is about to write one: they are too many for every page.
export function suggestZones() {
  if (!Intl.supportedValuesOf) return;
  for (const field of document.querySelectorAll("input[name=zone]")) {
    field.addEventListener("focus", () => {
      const list = document.createElement("datalist");
      list.id = field.id ? `${field.id}-list` : "zone-names";
      for (const zone of ["UTC", ...Intl.supportedValuesOf("timeZone")]) list.append(new Option(zone, zone));
      field.after(list);
      field.setAttribute("list", list.id);
    }, { once: true });
  }
}
