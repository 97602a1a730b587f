// The state of the view after the # of the page's address. The browser sends it to no server.
function render({ model, el }) {
  el.classList.add("kpa-address");
  const said = document.createElement("p");
  said.className = "kpa-time";
  said.setAttribute("role", "status");
  el.replaceChildren(said);

  const inAddress = () => {
    try {
      const state = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      return state && typeof state === "object" ? state : null;
    } catch {
      return null;
    }
  };
  const text = () => {
    const state = model.get("state");
    return Object.keys(state).length ? `#${encodeURIComponent(JSON.stringify(state))}` : "";
  };
  const write = () => {
    const address = location.pathname + location.search + text();
    if (location.hash !== text()) history.replaceState(history.state, "", address);
    said.textContent = model.get("left_out");
    said.hidden = !said.textContent;
  };
  const read = (opened) => {
    if (location.hash.length < 2 || location.hash === text()) return;
    model.send({ restore: inAddress(), opened });
  };
  const changed = () => read(false);
  // Writing the address takes as long as drawing a frame, so it waits for the charts.
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(write, 150);
  };
  const asked = (message) => message === "write" && soon();
  model.on("change:state change:left_out", soon);
  model.on("msg:custom", asked);
  window.addEventListener("hashchange", changed);
  if (location.hash.length > 1) read(true);
  else write();
  return () => {
    clearTimeout(waiting);
    model.off("change:state change:left_out", soon);
    model.off("msg:custom", asked);
    window.removeEventListener("hashchange", changed);
  };
}
export default { render };
