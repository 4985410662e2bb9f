// The head of a long table sorts it: downwards, upwards, and back to the order of the report with its groups.
for (const table of document.querySelectorAll("table[data-sort]")) {
  const body = table.tBodies[0];
  const order = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const numeric = head.classList.contains("n");
    if (!numeric && column) return;
    const key = (row) => (numeric ? row.cells[column].dataset.v : row.cells[column].textContent);
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const next = { none: "descending", descending: "ascending", ascending: "none" }[head.ariaSort || "none"];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", next);
      const sign = next === "ascending" ? 1 : -1;
      const rows = next === "none" ? order : order.filter((row) => !row.matches(".group, .total")).sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        return sign * (numeric ? x - y : x.localeCompare(y, document.documentElement.lang));
      });
      body.replaceChildren(...rows);
    });
  });
}
