// A date that is still being typed is not sent: only a whole one, on Enter, on leaving the field, or
// after a pause. A day picked from the calendar is sent at once. A refused date does not stay in the
// field when it is finished.
const PAUSE = 1000;
const yearOf = (text) => text.split("-")[0];
const isAllowed = (text) => Number(yearOf(text)) >= 1000 && Number(yearOf(text)) <= 9999;

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
  el.replaceChildren(label, input);

  let typing = false;
  let sent; // during a pause in typing
  let pause;
  const show = () => {
    if (!typing) input.value = model.get("value") ?? "";
  };
  const stop = () => {
    clearTimeout(pause);
    typing = false;
    sent = undefined;
  };
  const send = (value) => {
    if (value === model.get("value")) return;
    model.set("value", value);
    model.save_changes();
  };
  const pauseTyping = () => {
    if (!isAllowed(input.value)) return;
    sent = input.value;
    send(sent);
  };
  const finish = () => {
    const text = input.value;
    const isSent = text !== "" && text === sent;
    stop();
    if (isSent) show(); // if Python has refused it, the field shows its earlier value
    else if (text ? isAllowed(text) : !input.validity.badInput) send(text || null);
    else {
      input.value = ""; // also the parts of a date
      show();
      model.send({ refused: text && yearOf(text) });
    }
  };

  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters are shortcuts of the notebook
    if (event.key === "Enter") finish();
    else if (event.key === "Escape") {
      stop();
      input.value = "";
      show();
    } else if (event.key !== "Tab") typing = true;
  });
  input.addEventListener("input", () => {
    clearTimeout(pause);
    if (typing) pause = setTimeout(pauseTyping, PAUSE);
    else finish();
  });
  input.addEventListener("blur", finish);
  model.on("change:value", show);
  show();
  return () => {
    clearTimeout(pause);
    model.off("change:value", show);
  };
}
export default { render };
