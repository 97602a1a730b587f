// A drawing grows with the reader's text and shrinks with its card, but not until its text is hard to
// read. In a card that is narrower than that, it scrolls sideways below its title, which is then a
// text of the page and wraps.
const SMALLEST = 0.8; // text of 13 pixels becomes one of 10.4
const MENU = 38; // the room that vega-embed leaves for the menu at the right of a drawing

const textScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

// The room for drawings in an element: its width, and how much larger than usual the reader's text is.
function roomIn(el) {
  return { width: el.clientWidth, scale: textScale() };
}

function fit(box, spec, room) {
  const svg = box.querySelector("svg.marks");
  if (!svg || !room.width) return;
  const whole = Number(svg.getAttribute("width")) * room.scale;
  const narrow = whole * SMALLEST > room.width - MENU;
  const head = box.querySelector(".kpa-chart-head") ?? headOf(spec);
  if (!narrow) head.remove();
  else if (!head.isConnected) box.prepend(head);
  box.classList.toggle("kpa-chart-narrow", narrow);
  const width = narrow ? `${whole * SMALLEST}px` : room.scale === 1 ? "" : `${whole}px`;
  Object.assign(svg.style, { width, marginTop: "" });
  if (!narrow) return;
  const scrolls = svg.parentElement;
  head.lastChild.hidden = scrolls.scrollWidth <= scrolls.clientWidth;
  const drawn = spec.title?.text ? svg.querySelector(".role-title") : null;
  if (!drawn) return;
  const low = drawn.getBoundingClientRect().bottom - svg.getBoundingClientRect().top;
  svg.style.marginTop = `${-Math.floor(low)}px`; // only here: a saved picture keeps its title
}

// The sentences of a subtitle, which is broken into lines for the drawing. The description has the same
// sentences, separated by full stops.
function sentences(lines, description) {
  const whole = [];
  let last = "";
  for (const line of [lines ?? []].flat()) {
    const ended = description.includes(`${last.replace(/\.$/, "")}. ${line}`);
    if (whole.length && !ended) whole.push(`${whole.pop()} ${line}`);
    else whole.push(line);
    last = line;
  }
  return whole;
}

function headOf({ title, description = "" }) {
  const head = document.createElement("div");
  head.className = "kpa-chart-head";
  const told = sentences(title?.subtitle, description);
  const lines = [title?.text, ...told, "Scroll sideways to see the whole chart."];
  for (const text of lines.filter(Boolean)) {
    const line = document.createElement("p");
    line.textContent = text;
    head.append(line);
  }
  return head;
}
