// A date that is still being typed is not sent: only a whole one, on Enter, on leaving the field, or
// after a pause. A day picked from the calendar is sent at once.
const PAUSE = 1000;
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
});
const inWords = (text) => text ? DAY.format(new Date(`${text}T00:00:00Z`)) : "no day";
const yearOf = (text) => Number(text.split("-")[0]);

function render({ model, el }) {
  el.classList.add("kpa-control", "kpa-day");
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const label = document.createElement("label");
  label.className = "kpa-label";
  label.textContent = model.get("label");
  label.htmlFor = id;
  const input = document.createElement("input");
  Object.assign(input, {
    id, type: "date", min: "0001-01-01", max: "9999-12-31", title: model.get("hint"),
  });
  const note = document.createElement("span");
  note.className = "kpa-day-note";
  note.id = `${id}-note`;
  note.setAttribute("role", "status");
  input.setAttribute("aria-describedby", note.id);
  el.replaceChildren(label, input, note);

  let typing = false;
  let pause;
  const say = (text) => {
    note.textContent = text;
    input.setAttribute("aria-invalid", String(text !== ""));
  };
  const show = () => {
    typing = false;
    say("");
    input.value = model.get("value") ?? "";
  };
  const send = (value) => {
    typing = false;
    say("");
    if (value === model.get("value")) return;
    model.set("value", value);
    model.save_changes();
  };

  const commit = (finished) => {
    clearTimeout(pause);
    if (finished) typing = false;
    const text = input.value;
    if (text === model.get("value")) send(text);
    else if (text && yearOf(text) > 9999) show(); // Python has no such year
    else if (text && yearOf(text) >= 1000) send(text);
    else if (!finished) return;
    else if (text || input.validity.badInput) {
      say(`Not a whole date: ${inWords(model.get("value"))} is still shown.`);
    } else send(null);
  };

  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters are shortcuts of the notebook
    if (event.key === "Enter") commit(true);
    else if (event.key === "Escape") show();
    else if (event.key !== "Tab") typing = true;
  });
  input.addEventListener("input", () => {
    clearTimeout(pause);
    if (typing) pause = setTimeout(commit, PAUSE, false);
    else commit(true);
  });
  input.addEventListener("blur", () => commit(true));
  model.on("change:value", show);
  show();
  return () => {
    clearTimeout(pause);
    model.off("change:value", show);
  };
}
export default { render };
