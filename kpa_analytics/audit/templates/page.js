for (const [name, spec] of Object.entries(JSON.parse(document.getElementById("specs").textContent))) {
  const figure = document.getElementById(name);
  // ast: expressions are interpreted, so the page does not need permission to evaluate text as code.
  kpaEmbed(figure.querySelector(".live"), spec, {renderer: "svg", actions: false, ast: true})
    .then(() => figure.classList.add("drawn"))
    .catch((error) => console.warn("The chart is shown as a static picture:", error));
}
