// The server writes times in the viewer's zone, which only the browser knows: it is told once, in a cookie, and the page
// loaded again. The browser knows the names of all zones as well.

export function tellZone() {
  if (document.body.dataset.zoned === "true") return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === document.body.dataset.zone) return;
  document.cookie = `swell-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  if (document.cookie.includes("swell-zone=")) location.reload();
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
