// On a narrow screen the menu is one line that goes on beyond the edge: this brings the entry of the page into sight.

export function showPlace() {
  const list = document.querySelector(".top nav ul"), here = list?.querySelector("[aria-current]");
  if (!here || list.scrollWidth <= list.clientWidth) return;
  list.scrollLeft = here.offsetLeft - list.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
}
