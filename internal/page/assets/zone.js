// The server writes times in the viewer's zone, which only the browser knows: it is told once, in a cookie, and the page
// loaded again.

export function tellZone() {
  if (document.body.dataset.zoned === "true") return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === document.body.dataset.zone) return;
  document.cookie = `swell-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  if (document.cookie.includes("swell-zone=")) location.reload();
}
