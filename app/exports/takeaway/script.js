(() => {
  const kept = document.getElementById("scenario"), save = document.getElementById("save");
  document.getElementById("shown").textContent = kept.textContent;
  save.hidden = false;
  save.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([kept.textContent + "\n"], { type: "application/json" }));
    link.download = kept.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((each) => { each.open = true; });
  });
  const key = (cell) => (cell.dataset.n === undefined ? cell.textContent : Number(cell.dataset.n || "-1e300"));
  document.querySelectorAll("table").forEach((table) => {
    table.querySelectorAll("th").forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        table.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => {
          const one = key(a.cells[column]), two = key(b.cells[column]);
          const order = typeof one === "number" ? one - two : one.localeCompare(two);
          return down ? -order : order;
        });
        table.tBodies[0].append(...rows);
      });
    });
  });
})();
