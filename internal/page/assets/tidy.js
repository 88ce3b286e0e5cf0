// A form sends its empty fields, too, and the server then sends the browser on to an address without them: this saves that
// way, and makes a choice from a list count at once.

export function sendTidy() {
  document.addEventListener("submit", (e) => {
    if (e.target.method !== "get") return;
    const empty = [...e.target.elements].filter((field) => field.name && field.value === "" && !field.disabled);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  });
  document.getElementById("sort")?.addEventListener("change", (e) => e.target.form.requestSubmit());
}
