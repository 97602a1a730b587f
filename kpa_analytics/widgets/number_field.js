// A whole number, which is sent on Enter, on leaving the field, and after a pause in stepping with the
// arrow keys. Another text is refused: the field shows its number again. A field of the type "number"
// would drop letters silently.
const PAUSE = 300;

function render({ model, el }) {
  el.classList.add("kpa-control", "kpa-number-field");
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const [least, most] = [model.get("least"), model.get("most")];
  const label = document.createElement("label");
  label.className = "kpa-label";
  label.textContent = model.get("label");
  label.htmlFor = id;
  const input = document.createElement("input");
  Object.assign(input, {
    id, type: "text", inputMode: "numeric", title: model.get("hint"), autocomplete: "off",
    role: "spinbutton", ariaValueMin: least, ariaValueMax: most,
  });
  el.replaceChildren(label, input);

  let typing = false;
  let pause;
  const show = () => {
    input.value = model.get("value");
    input.ariaValueNow = input.value;
  };
  const commit = () => {
    clearTimeout(pause);
    typing = false;
    const text = input.value.trim();
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      show();
      model.send({ refused: text });
    } else if (number === model.get("value")) {
      show();
      model.send({ unchanged: true });
    } else {
      model.set("value", number);
      model.save_changes();
    }
  };
  const step = (by) => {
    clearTimeout(pause);
    const from = /^\d+$/.test(input.value) ? Number(input.value) : model.get("value");
    input.value = Math.min(most, Math.max(least, from + by));
    pause = setTimeout(commit, PAUSE);
  };

  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters are shortcuts of the notebook
    if (event.key === "Enter") commit();
    else if (event.key === "Escape") {
      typing = false;
      show();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      step(event.key === "ArrowUp" ? 1 : -1);
      event.preventDefault();
    }
  });
  input.addEventListener("input", () => (typing = true));
  input.addEventListener("blur", () => {
    if (typing || input.value !== String(model.get("value"))) commit();
  });
  model.on("change:value", show);
  show();
  return () => {
    clearTimeout(pause);
    model.off("change:value", show);
  };
}
export default { render };
