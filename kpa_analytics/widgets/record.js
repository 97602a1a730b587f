// A person's transcript. Its HTML is made by document.html.j2, which escapes every text.
function render({ model, el }) {
  el.classList.add("kpa-record");
  let before = null;
  const close = () => {
    model.set("html", "");
    model.save_changes();
  };
  const show = () => {
    const html = model.get("html");
    el.hidden = !html;
    if (!html) {
      const had = el.contains(document.activeElement);
      el.replaceChildren();
      if (had && before?.isConnected) before.focus();
      return;
    }
    if (!el.contains(document.activeElement)) before = document.activeElement;
    const part = document.createElement("section");
    part.setAttribute("aria-label", model.get("title"));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "kpa-button";
    button.textContent = "Close record";
    button.addEventListener("click", close);
    const record = document.createElement("div");
    record.className = "kpa-record-body";
    record.tabIndex = 0; // a wide table scrolls sideways by the arrow keys
    record.setAttribute("role", "group");
    record.setAttribute("aria-label", model.get("title"));
    record.innerHTML = html;
    part.append(button, record);
    el.replaceChildren(part);
    if (before) {
      button.focus({ preventScroll: true });
      el.scrollIntoView({ block: "nearest" });
    }
  };
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  };
  el.addEventListener("keydown", keys);
  model.on("change:html", show);
  show();
  return () => {
    el.removeEventListener("keydown", keys);
    model.off("change:html", show);
  };
}
export default { render };
