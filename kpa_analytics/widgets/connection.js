// Says that the explorer is disconnected, and disables its parts.
//
// When a connection to the kernel is closed, for example by a restart, its widgets are told, and those
// of ipywidgets (such as the explorer around this line) are marked. A kernel that stopped in another
// way does not answer, so each use of the explorer asks it for an answer. The dashboard's page also
// asks its server, because a server that has stopped can be noticed at once.
const MARK = "jupyter-widgets-disconnected";
const IN_VOILA = "voila_process" in window; // its page shows no cell that could be run
const AGAIN = IN_VOILA ? "reload the page" : "run the notebook's cells again";
const CLOSED = "This explorer is disconnected from its kernel, which was restarted or stopped. " +
  `Nothing that you choose has an effect. To go on, ${AGAIN}.`;
const SILENT = "The kernel does not answer: it is busy, or it has stopped. The explorer works again " +
  `when the kernel answers; otherwise ${AGAIN}.`;
const STOPPED = "The dashboard has stopped. Nothing that you choose has an effect. To go on, start it " +
  "again with: kpa-analytics dashboard";

function render({ model, el }) {
  el.classList.add("kpa-connection");
  let asked;
  let doubted;

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
  const forget = () => {
    for (const waiting of [asked, doubted]) clearTimeout(waiting);
    asked = undefined;
  };
  const answered = () => {
    forget();
    if (!isClosed()) say("");
  };
  const ask = (event) => {
    if (asked || isInside() || !el.parentElement?.contains(event.target)) return;
    if (isClosed()) {
      say(CLOSED);
      return;
    }
    asked = setTimeout(say, 1000 * model.get("patience"), SILENT);
    doubted = setTimeout(() => window.kpaServer?.().catch(() => say(STOPPED)), 1000);
    try {
      model.send("there?");
    } catch {
      say(CLOSED);
    }
  };

  const letGo = keepFocus(() => (isInside() ? null : el.parentElement));
  model.on("comm_live_update", look);
  model.on("msg:custom", answered);
  for (const use of ["pointerdown", "keydown"]) document.addEventListener(use, ask, true);
  look();
  return () => {
    forget();
    letGo();
    model.off("comm_live_update", look);
    model.off("msg:custom", answered);
    for (const use of ["pointerdown", "keydown"]) document.removeEventListener(use, ask, true);
  };
}
export default { render };
