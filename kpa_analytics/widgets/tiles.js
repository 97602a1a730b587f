// Figures above the charts. Their HTML is made by layout.py, which escapes every text.
function render({ model, el }) {
  el.classList.add("kpa-tiles");
  const name = (tile) =>
    [...tile.classList].map((one) => one.replace(/^kpa-/, ""))
      .find((one) => model.get("picks").includes(one));
  const show = () => {
    const held = document.activeElement?.closest?.(".kpa-tile");
    const focused = held && el.contains(held) ? name(held.parentNode) : null;
    el.innerHTML = model.get("value");
    for (const tile of el.querySelectorAll("li")) {
      const key = name(tile);
      if (!key) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "kpa-tile";
      button.title = key === "all" ? "Show all rows" : "Show only these rows; a second click shows all";
      button.setAttribute("aria-pressed", String(model.get("chosen").includes(key)));
      button.append(...tile.childNodes);
      button.addEventListener("click", () => model.send({ pick: key }));
      tile.append(button);
      if (key === focused) button.focus();
    }
  };
  const quiet = (event) => event.stopPropagation();
  el.addEventListener("keydown", quiet);
  model.on("change:value change:picks change:chosen", show);
  show();
  return () => {
    el.removeEventListener("keydown", quiet);
    model.off("change:value change:picks change:chosen", show);
  };
}
export default { render };
