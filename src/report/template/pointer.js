// The values of all curves at the epoch that is nearest to the pointer, with the digits that metrics.jsonl has.
for (const figure of document.querySelectorAll(".chart")) {
  const chart = JSON.parse(figure.dataset.chart);
  const svg = figure.querySelector("svg"), line = figure.querySelector(".pointer"), box = figure.querySelector("output");
  const show = (event) => {
    const size = svg.getBoundingClientRect();
    const at = (event.clientX - size.left) / size.width * chart.width;
    let nearest = null;
    for (const curve of chart.curves) for (const p of curve.points)
      if (nearest === null || Math.abs(p.at[0] - at) < Math.abs(nearest.at[0] - at)) nearest = p;
    if (nearest === null) return;
    line.setAttribute("d", `M${nearest.at[0]} ${chart.top}V${chart.bottom}`);
    box.replaceChildren(document.createTextNode(`${chart.x_label.split(",")[0]} ${nearest.x}`));
    for (const curve of chart.curves) {
      const p = curve.points.find((p) => p.x === nearest.x);
      if (!p) continue;
      const row = document.createElement("div"), dot = document.createElement("i");
      dot.style.background = curve.color;
      row.append(dot, `${curve.name} ${p.y}`);
      box.append(row);
    }
    box.style.display = "block";
    const left = nearest.at[0] / chart.width * size.width;
    const room = figure.clientWidth - box.offsetWidth;
    box.style.left = `${Math.max(0, Math.min(room, left < size.width / 2 ? left + 12 : left - box.offsetWidth - 12))}px`;
    box.style.top = `${size.top - figure.getBoundingClientRect().top + 8}px`;
  };
  const hide = () => { box.style.display = "none"; line.setAttribute("d", ""); };
  svg.addEventListener("pointermove", show);
  svg.addEventListener("pointerdown", show);
  svg.addEventListener("pointerleave", hide);
}
