(() => {
  const form = document.querySelector("form"), said = document.getElementById("said");
  const words = form ? form.dataset : {};
  const state = location.pathname + "/state";
  let tag = "", number = form ? form.dataset.number : "0";
  const tell = (text) => { said.textContent = text; };
  const able = (open) => { if (form) form.querySelector("button").disabled = !open; };
  document.querySelectorAll("input[data-of]").forEach((slider) => {
    const box = document.getElementById(slider.dataset.of);
    slider.hidden = false;
    slider.addEventListener("input", () => { box.value = slider.value; });
    box.addEventListener("input", () => { if (box.value !== "") slider.value = box.value; });
  });
  const look = async () => {
    try {
      const answer = await fetch(state, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.status === 404) { able(false); tell(words.gone || ""); return; }
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") || "";
        const now = await answer.json();
        if (String(now.number) !== String(number)) { location.reload(); return; }
        able(now.status === "open");
        if (form && now.status !== "open") tell(words.closed);
        else if (form && said.textContent === words.closed) tell("");
      }
    } catch (error) { if (form) tell(words.lost); }
    setTimeout(look, 1500 + Math.random() * 1000);
  };
  const send = async (tries) => {
    const values = {};
    form.querySelectorAll("input[data-lever]").forEach((box) => {
      if (box.value !== "") values[box.dataset.lever] = box.valueAsNumber;
    });
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Room-Token": form.elements.token.value },
      body: JSON.stringify({ values, why: form.elements.why.value }),
    });
    if (answer.status === 429 && tries > 0) {
      setTimeout(() => send(tries - 1), 1000 + Math.random() * 500);
      return;
    }
    const told = await answer.json();
    tell(told.sentence);
  };
  if (form) form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell(words.sending);
    send(5).catch(() => tell(words.lost));
  });
  setTimeout(look, 300 + Math.random() * 1700);
})();
