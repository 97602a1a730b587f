// A text that is sent on Enter, and after a short pause in typing.
const PAUSE = 300;

function render({ model, el }) {
  el.classList.add("kpa-control", "kpa-search");
  const id = `kpa-${Math.random().toString(36).slice(2)}`;
  const label = document.createElement("label");
  label.className = "kpa-label";
  label.textContent = model.get("label");
  label.htmlFor = id;
  const input = document.createElement("input");
  Object.assign(input, {
    id, type: "search", title: model.get("hint"), placeholder: model.get("placeholder"), autocomplete: "off",
  });
  el.replaceChildren(label, input);

  let pause;
  const send = () => {
    clearTimeout(pause);
    pause = undefined;
    if (input.value === model.get("value")) return;
    model.set("value", input.value);
    model.save_changes();
  };
  const show = () => {
    if (pause === undefined) input.value = model.get("value"); // what is being typed stays
  };
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters are shortcuts of the notebook
    if (event.key === "Enter") send();
  });
  input.addEventListener("blur", send);
  model.on("change:value", show);
  show();
  return () => {
    clearTimeout(pause);
    model.off("change:value", show);
  };
}
export default { render };
