// Says that the explorer is disconnected, and disables its parts.
//
// When a connection to the kernel is closed, for example by a restart, its widgets are told, and those
// of ipywidgets (such as the explorer around this line) are marked. A kernel that stopped in another
// way does not answer, so each use of the explorer asks it for an answer.
const MARK = "jupyter-widgets-disconnected";
const CLOSED = "This explorer is disconnected from its kernel, which was restarted or stopped. " +
  "Nothing that you choose has an effect. Run its cell again, or reload the page.";
const SILENT = "The kernel does not answer: it is busy, or it has stopped. The explorer works again " +
  "when the kernel answers; otherwise run its cell again, or reload the page.";

function render({ model, el }) {
  el.classList.add("kpa-connection");
  let asked;

  // Inside a dashboard, the dashboard's own line says it.
  const isInside = () => el.parentElement?.parentElement?.closest(".kpa-explorer");
  const say = (text) => {
    if (el.textContent === text || isInside()) return;
    const line = document.createElement("div");
    Object.assign(line, { className: "kpa-alert", role: "alert", textContent: text });
    el.replaceChildren(...(text ? [line] : []));
    const explorer = el.parentElement;
    explorer?.classList.toggle("kpa-disconnected", text !== "");
    for (const part of explorer?.children ?? []) if (part !== el) part.inert = text !== "";
    // An open list lies above the page and would stay.
    if (text) for (const list of explorer?.querySelectorAll("details[open]") ?? []) list.open = false;
  };
  const isClosed = () => el.closest(`.${MARK}`) !== null;
  const look = () => setTimeout(() => { if (isClosed()) say(CLOSED); }); // after it is marked
  const answered = () => {
    clearTimeout(asked);
    asked = undefined;
    if (!isClosed()) say("");
  };
  const ask = (event) => {
    if (asked || isInside() || !el.parentElement?.contains(event.target)) return;
    if (isClosed()) {
      say(CLOSED);
      return;
    }
    asked = setTimeout(say, 1000 * model.get("patience"), SILENT);
    try {
      model.send("there?");
    } catch {
      say(CLOSED);
    }
  };

  model.on("comm_live_update", look);
  model.on("msg:custom", answered);
  for (const use of ["pointerdown", "keydown"]) document.addEventListener(use, ask, true);
  look();
  return () => {
    clearTimeout(asked);
    model.off("comm_live_update", look);
    model.off("msg:custom", answered);
    for (const use of ["pointerdown", "keydown"]) document.removeEventListener(use, ask, true);
  };
}
export default { render };
