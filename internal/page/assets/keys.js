// Whoever looks often wants to get to the search without a pointer: "/" does that, as the field says. There are no others.

export function jumpToSearch() {
  const find = document.getElementById("find");
  if (!find) return;
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (e.target.closest("input, select, textarea, [contenteditable]")) return;
    e.preventDefault();
    find.focus();
    find.select();
  });
}
