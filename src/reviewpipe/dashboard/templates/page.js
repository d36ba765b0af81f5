"use strict";
(() => {
  const PAGE = 20;
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const parsed = (id) => JSON.parse(byId(id).textContent);

  // Reviews become data when somebody first asks for them, not before.
  let data = null;
  const load = () => (data ??= parsed("reviews"));
  // What a link may ask for and the form has no field for: said, favours, rated.
  let extra = {};
  let shown = PAGE;

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const during = (month, when) => {
    if (!when) return true;
    if (when === "undated") return !month;
    const [first, last, undated] = load().when[when] ?? [when, when];
    return month ? first <= month && month <= last : undated === "undated";
  };
  const fits = (review, wanted) => {
    const theme = review.themes?.[wanted.theme];
    return (
      (!wanted.theme || theme) &&
      (!wanted.said || theme?.said === wanted.said) &&
      (!wanted.favours || Object.values(review.themes ?? {}).some((t) => t.favours === wanted.favours)) &&
      (!wanted.rated || "stars" in review) &&
      (!wanted.sentiment || review.sentiment === wanted.sentiment) &&
      (!wanted.source || review.source.includes(wanted.source)) &&
      (!wanted.why || review.why?.includes(wanted.why)) &&
      during(review.month, wanted.when) &&
      (!wanted.search || folded(`${review.text ?? ""} ${review.by}`).includes(wanted.search))
    );
  };
  const wish = () => {
    const wanted = { ...extra, ...Object.fromEntries(new FormData(form)) };
    wanted.search = folded(wanted.search.trim());
    return wanted;
  };

  // Text goes in as text nodes only: what a client wrote can never become markup.
  const marked = (text, spans) => {
    const pieces = [];
    let at = 0;
    for (const [start, end] of spans) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      pieces.push(text.slice(at, start), mark);
      at = end;
    }
    return [...pieces, text.slice(at)];
  };
  const article = (review, theme) => {
    const { themes, moods, reasons } = load();
    const copy = byId("quote").content.cloneNode(true);
    const slot = (name) => copy.querySelector(`[data-slot="${name}"]`);
    const label = (text) => Object.assign(document.createElement("span"), { textContent: text });
    slot("text").append(...marked(review.text ?? "(stars only, no words)", review.themes?.[theme]?.at ?? []));
    slot("by").textContent = review.by;
    slot("stars").textContent = "stars" in review ? `· ${review.stars} of 5 stars` : "";
    slot("mood").textContent = moods[review.sentiment];
    slot("mood").dataset.mood = review.sentiment;
    slot("themes").textContent = Object.keys(review.themes ?? {}).map((name) => themes[name] ?? name).join(" · ");
    slot("why").replaceChildren(...(review.why ?? []).flatMap((reason) => [label(reasons[reason]), " "]));
    slot("replied").hidden = !review.reply;
    slot("reply").textContent = review.reply ?? "";
    copy.querySelector("article").dataset.cite = review.cite;
    return copy;
  };

  const show = () => {
    const { reviews, asked } = load();
    const wanted = wish();
    const found = reviews.filter((review) => fits(review, wanted));
    byId("list").replaceChildren(...found.slice(0, shown).map((review) => article(review, wanted.theme)));
    byId("more").hidden = found.length <= shown;
    const also = Object.entries(extra).map(([key, value]) => asked[key]?.[value]).filter(Boolean);
    byId("found").textContent =
      `${found.length} of ${reviews.length} reviews fit${also.length ? ` (${also.join(", ")})` : ""}; ` +
      `${Math.min(shown, found.length)} shown.`;
  };
  const changed = () => {
    shown = PAGE;
    show();
  };
  const ask = (query) => {
    const wanted = Object.fromEntries(new URLSearchParams(query));
    form.reset();
    extra = {};
    for (const [key, value] of Object.entries(wanted)) {
      if (form.elements[key]) form.elements[key].value = value;
      else extra[key] = value;
    }
    changed();
  };

  const copied = async (button) => {
    const quote = button.closest("article");
    const text = `“${quote.querySelector("blockquote").textContent.trim()}”\n— ${quote.dataset.cite}`;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      byId("found").textContent = "Copied. Ask the client before you publish it.";
    } catch {
      // No clipboard here (an old browser, or permission refused): select the words, so that one key copies them.
      getSelection().selectAllChildren(quote.querySelector("blockquote"));
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 3000);
  };

  const charts = () => {
    const bundle = byId("plotly");
    if (!bundle) return;
    const script = document.createElement("script");
    script.textContent = bundle.textContent;
    document.head.append(script);
    const figures = parsed("figures");
    for (const [id, figure] of Object.entries(figures)) {
      const drawn = Plotly.newPlot(id, figure.data, figure.layout, { displayModeBar: false, responsive: true });
      drawn.then((place) => place.on("plotly_click", (event) => {
        ask(event.points[0].customdata);
        location.hash = "#quotes";
      }));
    }
    // Paper is narrower than most screens, and a chart does not shrink by itself.
    addEventListener("beforeprint", () => Object.keys(figures).forEach((id) => Plotly.relayout(id, { width: 640 })));
    addEventListener("afterprint", () => Object.keys(figures).forEach((id) => Plotly.relayout(id, { width: null, autosize: true })));
    document.documentElement.dataset.charts = "drawn";
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-filter]");
    if (link) ask(link.dataset.filter);
    const button = event.target.closest?.("button.copy");
    if (button) copied(button);
  });
  if (form) {
    form.addEventListener("input", changed);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      extra = {};
      setTimeout(changed);
    });
    byId("more").addEventListener("click", () => {
      const first = shown;
      shown += PAGE;
      show();
      const next = byId("list").children[first];
      next?.setAttribute("tabindex", "-1");
      next?.focus();
    });
  }
  (window.requestIdleCallback ?? setTimeout)(charts);
})();
