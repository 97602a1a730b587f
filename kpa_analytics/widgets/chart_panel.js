// One copy of Vega per page, from kpa.charts.enable_offline() or the first panel.
function embedder(model) {
  if (window.kpaEmbed) return Promise.resolve(window.kpaEmbed);
  window.kpaScripts ??= new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      window.kpaScripts = undefined;
      reject(new Error("Run this cell again to draw its charts."));
    }, 30000);
    model.on("msg:custom", async (message, buffers) => {
      if (message !== "scripts" || window.kpaEmbed) return;
      clearTimeout(late);
      const unpacked = new Blob([buffers[0]]).stream().pipeThrough(new DecompressionStream("gzip"));
      (0, eval)(await new Response(unpacked).text());
      resolve(window.kpaEmbed);
    });
    model.send("scripts");
  });
  return window.kpaScripts;
}

const OPTIONS = {
  renderer: "svg",
  actions: { export: true, source: false, compiled: false, editor: false },
};

// Labels of rows, of a horizontal scale and of the legend, as buttons. Vega keeps the datum of each
// drawn text. Some charts draw labels as marks: "labels" of their rows, and "ends" of a scale.
const ENDS = ".ends_marks text";
const LABELS = {
  axis: ".role-axis-label text, .labels_marks text",
  legend: ".role-legend-label text",
  scale: `.role-axis[aria-label^='X-axis'] .role-axis-label text, ${ENDS}`,
};
// Labels in the order in which the arrow keys reach them. Those of ends are drawn after the others.
function inOrder(labels) {
  const at = (label) => label.__data__.x;
  return labels.some((label) => label.matches(ENDS)) ? labels.sort((a, b) => at(a) - at(b)) : labels;
}
function labelButtons(box, kinds, press, clear) {
  for (const kind of kinds) {
    let year;
    for (const label of box.querySelectorAll(LABELS[kind])) {
      // Of the months of a year, only the first one drawn has the year, on a second line.
      const isEnd = label.matches(ENDS);
      const below = kind === "scale" && label.querySelectorAll("tspan")[1]?.textContent;
      year = below || year;
      const datum = label.__data__?.datum;
      const value = datum?.value ?? datum?.short;
      if (typeof value !== "string" && kind !== "scale") continue; // a number or a month
      if (!press.can(kind, value)) continue;
      if (label.classList.contains("kpa-chart-label")) continue;
      label.classList.add("kpa-chart-label");
      label.dataset.kind = kind;
      label.setAttribute("tabindex", "-1");
      label.setAttribute("role", "button");
      // A symbol may hold no buttons, but a group may.
      label.closest("[role=graphics-symbol]")?.setAttribute("role", "group");
      const name = [label.textContent, ...(year && !isEnd ? [year] : [])].join(" ");
      if (!below) label.setAttribute("aria-label", name);
      const act = (event) => {
        event.stopPropagation();
        event.preventDefault();
        press.label(kind, value);
      };
      label.addEventListener("click", act);
      label.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") act(event);
        else if (event.key === "Escape") clear();
      });
    }
    oneStop(() => inOrder([...box.querySelectorAll(`.kpa-chart-label[data-kind=${kind}]`)]));
  }
}

// The bars that belong to a label of the horizontal scale: those of its text, its day or its month.
function barsAt(box, fields, value) {
  const month = (day) => 12 * day.getUTCFullYear() + day.getUTCMonth();
  const at = (field, cell) => {
    const [day, wanted] = [new Date(cell), new Date(value)];
    return field === "week" ? month(day) === month(wanted) : Number(day) === Number(wanted);
  };
  const bars = new Map();
  for (const mark of box.querySelectorAll(MARKS)) {
    const datum = mark.__data__?.datum ?? {};
    if (!fields.length || fields.some((field) => datum[field] === undefined)) continue;
    const same = typeof value === "string"
      ? Object.values(datum).includes(value)
      : fields.some((field) => at(field, datum[field]));
    if (!same) continue;
    const bar = Object.fromEntries(fields.map((field) => [field, datum[field]?.valueOf()]));
    bars.set(JSON.stringify(bar), bar);
  }
  return [...bars.values()];
}

// Whether a colour, #RRGGBB, is nearer to black than to white.
function isDark(colour) {
  const parts = colour.match(/[0-9a-f]{2}/gi) ?? ["ff"];
  return parts.reduce((sum, part) => sum + parseInt(part, 16), 0) < 128 * parts.length;
}

function render({ model, el }) {
  el.classList.add("kpa-charts");
  const places = []; // per chart: its element, its view and its selected bars
  let gone = false;
  // Measured when it changes: to measure lays the page out.
  let room = roomIn(el);

  const hasRoom = (place) => !(place.natural > room.width) && room.scale === 1;
  const wanted = (at) => {
    const [chart, bars] = model.get("picked");
    return chart === at ? bars : [];
  };

  const draw = async (at) => {
    const text = model.get(`text_${at}`);
    const bars = wanted(at);
    const place = (places[at] ??= { box: el.appendChild(document.createElement("div")) });
    if (place.text === text && place.picked === JSON.stringify(bars)) return;
    Object.assign(place, { text, picked: JSON.stringify(bars) });
    const turn = (place.turn = (place.turn ?? 0) + 1);
    const spec = JSON.parse(text);
    // Zooming needs the drawing at its own size. Where that has no room, the drawing shrinks instead.
    place.fits = hasRoom(place);
    const params = (spec.params ?? [])
      .filter((param) => place.fits || param.name !== "zoom")
      .map((param) => param.name === "pick" && bars.length ? { ...param, value: bars } : param);
    const box = document.createElement("div");
    box.className = "kpa-chart kpa-chart-coming";
    const ground = spec.config?.background ?? "";
    box.style.background = ground;
    box.classList.toggle("kpa-chart-dark", isDark(ground));
    box.setAttribute("role", "figure");
    box.setAttribute("aria-label", spec.title?.text ?? "Chart");
    place.box.before(box);
    const drawn = await (await embedder(model))(box, { ...spec, params }, OPTIONS);
    if (gone || turn !== place.turn) {
      drawn.finalize();
      box.remove();
      return;
    }
    const nameOf = (part) => part.getAttribute("aria-label") ?? part.textContent;
    const focused = place.box.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    place.finalize?.();
    place.box.remove();
    Object.assign(place, { box, finalize: () => drawn.finalize() });
    box.classList.remove("kpa-chart-coming");
    place.spec = spec;
    fit(box, spec, room);
    const zooms = params.some((param) => param.name === "zoom");
    box.classList.toggle("kpa-chart-zooms", zooms);
    if (zooms) place.natural = Number(box.querySelector("svg.marks").getAttribute("width"));
    const clear = () => {
      if (!wanted(at).length) return;
      model.set("picked", [-1, []]);
      model.save_changes();
    };
    const kinds = model.get("labels")[at] ?? [];
    const pick = params.find((param) => param.name === "pick");
    const fields = pick?.select.fields ?? [];
    if (kinds.length) {
      const above = (value) => barsAt(box, fields, value);
      const press = {
        can: (kind, value) => kind !== "scale" || above(value).length > 0,
        label: (kind, value) => {
          if (kind !== "scale") return model.send({ chart: at, [kind]: value });
          const texts = (some) => some.map((bar) => JSON.stringify(bar)).sort().join();
          if (texts(above(value)) === texts(wanted(at))) return clear();
          model.set("picked", [at, above(value)]);
          model.save_changes();
        },
      };
      labelButtons(box, kinds, press, clear);
      // Vega draws texts again, e.g. when bars are picked.
      drawn.view.addResizeListener(() => labelButtons(box, kinds, press, clear));
    }
    const showPicked = reachable(box, drawn.view, fields, clear);
    showPicked();
    const reached = focused ? [...box.querySelectorAll("[tabindex], summary")] : [];
    reached.find((part) => nameOf(part) === focused)?.focus();
    if (pick) {
      drawn.view.addSignalListener("pick", (_, value) => {
        drawn.view.runAfter(showPicked);
        // Texts and the outer bars do not have these fields.
        const now = (value?.vlPoint?.or ?? []).map((bar) => ({ ...bar }))
          .filter((bar) => fields.every((field) => bar[field] !== undefined));
        place.picked = JSON.stringify(now);
        if (!now.length && model.get("picked")[0] !== at) return;
        model.set("picked", now.length ? [at, now] : [-1, []]);
        model.save_changes();
      });
    }
  };

  const drawAll = () => {
    for (let at = 0; at < model.get("charts"); at += 1) {
      draw(at).catch((error) => { if (!gone) places[at].box.textContent = error.message; });
    }
  };

  // Fit the drawings again, and redraw one that zooms where the room for it came or went. The page's
  // text may grow without the width of the panel, so a square of its size is watched, too.
  const letter = el.appendChild(document.createElement("div"));
  letter.className = "kpa-letter";
  const resized = new ResizeObserver(() => {
    room = roomIn(el);
    places.forEach((place, at) => {
      if (place.finalize) fit(place.box, place.spec, room);
      if (!place.natural || place.fits === hasRoom(place)) return;
      place.text = undefined;
      draw(at);
    });
  });
  resized.observe(el);
  resized.observe(letter);
  // Keys such as A, B and Enter are notebook shortcuts, and must not reach the notebook.
  el.addEventListener("keydown", (event) => event.stopPropagation());
  const heard = []; // each chart has a text of its own, so that it is sent alone
  const hear = () => {
    while (heard.length < model.get("charts")) {
      heard.push(`change:text_${heard.length}`);
      model.on(heard.at(-1), drawAll);
    }
    drawAll();
  };
  model.on("change:charts", hear);
  model.on("change:picked", drawAll);
  hear();
  return () => {
    gone = true;
    resized.disconnect();
    model.off("change:charts", hear);
    model.off([...heard, "change:picked"].join(" "), drawAll);
    for (const place of places) place.finalize?.();
  };
}
export default { render };
