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
      button.title = key === "all" ? "Show all rows" : "List what this figure counts; a second click shows what was there before";
      button.setAttribute("aria-pressed", String(model.get("chosen").includes(key)));
      button.append(...tile.childNodes);
      const press = () => model.send({ pick: key });
      button.addEventListener("click", press);
      button.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && key !== "all" && model.get("chosen").includes(key)) press();
      });
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
