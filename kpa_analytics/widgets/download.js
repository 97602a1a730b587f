function render({ model, el }) {
  el.classList.add("kpa-download");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kpa-button";
  const link = document.createElement("a");
  const where = document.createElement("span");
  where.className = "kpa-time";
  where.setAttribute("role", "status");
  link.hidden = true;
  el.replaceChildren(button, link, where);
  button.textContent = model.get("label");
  button.title = model.get("hint");

  // Not `disabled`: that would take the keyboard's focus from it.
  let writing = false;
  const works = (now) => {
    writing = now;
    button.setAttribute("aria-disabled", String(now || model.get("why_not") !== ""));
  };
  const reason = () => {
    works(writing);
    where.textContent = model.get("why_not");
  };
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    works(true);
    link.hidden = true;
    where.textContent = "Writing…";
    model.send("make");
  });
  const onMessage = (message, buffers) => {
    if (message === "done") {
      works(false);
      if (link.hidden) where.textContent = "";
      return;
    }
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([buffers[0]], { type: "application/zip" }));
    link.download = message.name;
    link.textContent = `Download ${message.name}`;
    link.hidden = false;
    where.textContent = `Written to ${model.get("path")}`;
  };
  el.addEventListener("keydown", (event) => event.stopPropagation());
  model.on("msg:custom", onMessage);
  model.on("change:why_not", reason);
  reason();
  return () => {
    model.off("msg:custom", onMessage);
    model.off("change:why_not", reason);
    URL.revokeObjectURL(link.href);
  };
}
export default { render };
