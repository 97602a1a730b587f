// A popover: the browser closes it by Escape or by a click elsewhere, and gives the focus back.
function render({ model, el }) {
  el.classList.add("kpa-help");
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const title = model.get("title");
  const button = make("button", "kpa-button kpa-help-button", "?");
  button.type = "button";
  button.title = "How to use this, and what the words mean";
  button.setAttribute("aria-label", `Help: ${title}`);
  button.setAttribute("aria-expanded", "false");
  const sheet = make("div", "kpa-help-sheet");
  sheet.popover = "auto";
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", `Help: ${title}`);
  const uses = make("ul");
  uses.append(...model.get("uses").map((text) => make("li", "", text)));
  const words = make("dl");
  for (const [term, meaning] of model.get("terms")) words.append(make("dt", "", term), make("dd", "", meaning));
  sheet.append(make("h3", "", title), uses, make("h3", "", "Words"), words);
  button.popoverTargetElement = sheet;
  sheet.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const { left, bottom } = button.getBoundingClientRect();
    const right = document.documentElement.clientWidth - sheet.offsetWidth - 4;
    const low = innerHeight - sheet.offsetHeight - 4;
    sheet.style.left = `${Math.max(4, Math.min(left, right))}px`;
    sheet.style.top = `${Math.max(4, Math.min(bottom + 3, low))}px`;
    sheet.focus();
  });
  el.addEventListener("keydown", (event) => event.stopPropagation());
  el.replaceChildren(button, sheet);
}
export default { render };
