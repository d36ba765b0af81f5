"use strict";
(() => {
  const PAGE = 20;
  const PLACE = "#quotes";
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const parsed = (id) => JSON.parse(byId(id).textContent);

  // Reviews become data when somebody first asks for them, not before.
  let data = null;
  const load = () => (data ??= parsed("reviews"));
  // What a link may ask for and the form has no field for: said, favours, rated, id.
  let extra = {};
  let shown = PAGE;

  // --- which reviews fit

  const folded = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[‘’]/g, "'").replace(/\s+/g, " ").toLowerCase();
  // Words in any order; what stands in quotation marks, also unclosed ones, stays together.
  const terms = (search) =>
    [...search.matchAll(/["“”]([^"“”]*)["“”]?|[^\s"“”]+/g)].map(([all, phrase]) => folded(phrase ?? all).trim());
  const searched = (review) => (review.folded ??= folded(`${review.text ?? ""} ${review.by} ${review.id}`));
  const during = (month, when) => {
    if (when === "undated") return !month;
    const [first, last, undated] = load().when[when] ?? [when, when];
    return month ? first <= month && month <= last : undated === "undated";
  };
  const TESTS = {
    search: (review, search) => terms(search).every((term) => searched(review).includes(term)),
    theme: (review, theme) => Object.hasOwn(review.themes ?? {}, theme),
    said: (review, said, { theme }) => {
      const voices = load().voices[said] ?? [said];
      return Object.entries(review.themes ?? {}).some(([name, told]) => (!theme || name === theme) && voices.includes(told.said));
    },
    favours: (review, whom) => Object.values(review.themes ?? {}).some((theme) => theme.favours === whom),
    rated: (review) => "stars" in review,
    sentiment: (review, mood) => review.sentiment === mood,
    source: (review, source) => review.source.includes(source),
    when: (review, when) => during(review.month, when),
    why: (review, reason) => review.why?.includes(reason),
    status: (review, status) => load().permissions[review.allowed]?.status === status,
    id: (review, id) => review.id === id,
  };
  const fitting = (wanted) =>
    load().reviews.filter((review) => Object.entries(wanted).every(([key, value]) => TESTS[key](review, value, wanted)));

  // --- what is asked for: in the form, and in the address, so that it can be kept and Back works

  const wish = () => {
    const wanted = { ...Object.fromEntries(new FormData(form)), ...extra };
    wanted.search = wanted.search.trim();
    return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
  };
  const put = (wanted) => {
    extra = {};
    for (const field of form.elements) if (field.name) field.value = "";
    for (const [key, value] of Object.entries(wanted)) {
      const field = form.elements.namedItem(key);
      if (field) field.value = value;
      // A value that the form does not offer is asked for all the same.
      if (Object.hasOwn(TESTS, key) && field?.value !== value) {
        extra[key] = value;
        if (field) field.value = "";
      }
    }
    shown = PAGE;
    show();
  };
  const fragment = (wanted) => {
    const query = new URLSearchParams(wanted).toString();
    return query ? `${PLACE}?${query}` : PLACE;
  };
  const note = (how) => history[how](null, "", fragment(wish()));
  const restore = () => {
    const [place, query = ""] = location.hash.split("?");
    if (place === PLACE || !place) put(Object.fromEntries(new URLSearchParams(query)));
    return place === PLACE && query;
  };
  const ask = (query) => {
    put(Object.fromEntries(new URLSearchParams(query)));
    note("pushState");
    go();
  };
  const go = () => {
    byId("quotes").scrollIntoView();
    byId("quotes").focus({ preventScroll: true });
  };

  // --- the list

  // Text goes in as text nodes only: what a client wrote can never become markup.
  const element = (name, text, values = {}) => Object.assign(document.createElement(name), { textContent: text, ...values });
  const joined = (spans) =>
    spans.sort(([a], [b]) => a - b).reduce((found, [start, end]) => {
      const last = found.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else found.push([start, end]);
      return found;
    }, []);
  const marked = (text, spans) => {
    const pieces = [];
    let at = 0;
    for (const [start, end] of joined(spans)) {
      pieces.push(text.slice(at, start), element("mark", text.slice(start, end)));
      at = end;
    }
    return [...pieces, text.slice(at)];
  };
  // The evidence of the theme that is asked for, else of all themes.
  const evidence = (review, theme) =>
    Object.entries(review.themes ?? {}).flatMap(([name, { at }]) => (!theme || name === theme ? at : []));
  const article = (review, theme) => {
    const { themes, moods, reasons } = load();
    const copy = byId("quote").content.cloneNode(true);
    const slot = (name) => copy.querySelector(`[data-slot="${name}"]`);
    slot("text").append(...marked(review.text ?? "(stars only, no words)", evidence(review, theme)));
    slot("by").textContent = review.by;
    slot("facts").textContent = review.facts ?? "";
    slot("mood").textContent = moods[review.sentiment];
    slot("mood").dataset.mood = review.sentiment;
    slot("themes").textContent = Object.keys(review.themes ?? {}).map((name) => themes[name] ?? name).join(" · ");
    slot("why").replaceChildren(...(review.why ?? []).flatMap((reason) => [element("span", reasons[reason]), " "]));
    slot("replied").hidden = !review.reply;
    slot("reply").textContent = review.reply ?? "";
    const card = copy.querySelector("article");
    Object.assign(card.dataset, { id: review.id, cite: review.cite });
    card.setAttribute("aria-label", review.by);
    permit(copy, slot, load().permissions[review.allowed]);
    return copy;
  };
  const permit = (copy, slot, permission) => {
    slot("status").hidden = !permission;
    if (!permission) return;
    slot("status").dataset.status = permission.status;
    slot("status-word").textContent = load().statuses[permission.status];
    if (permission.reasons.length) slot("reasons").replaceChildren(...permission.reasons.map((why) => element("li", why)));
    copy.querySelector("[data-copy=quote]").hidden = permission.status !== "ready";
    copy.querySelector("[data-copy=request]").hidden = permission.status !== "needs_consent";
  };
  // What a filter asks for, as people say it.
  const named = (key, value) => {
    const field = form.elements.namedItem(key);
    if (key === "search") return `“${value}”`;
    return (field?.value && field.selectedOptions[0]?.textContent) || (load().asked[key]?.[value] ?? value);
  };
  const show = () => {
    const wanted = wish();
    const found = fitting(wanted);
    byId("list").replaceChildren(...found.slice(0, shown).map((review) => article(review, wanted.theme)));
    byId("more").hidden = found.length <= shown;
    const also = Object.keys(extra).map((key) => named(key, extra[key]));
    byId("found").textContent =
      `${found.length} of ${load().reviews.length} reviews fit${also.length ? ` (${also.join(", ")})` : ""}; ` +
      `${Math.min(shown, found.length)} shown.`;
    byId("nothing").hidden = found.length > 0;
    byId("nothing").replaceChildren(...(found.length ? [] : waysOn(wanted)));
  };
  // Where nothing fits: what to leave out, and how many fit then.
  const wayOn = (label, wanted) => {
    const button = element("button", `${label}: ${fitting(wanted).length}`, { type: "button" });
    button.addEventListener("click", () => {
      put(wanted);
      note("pushState");
      byId("f-search").focus();
    });
    return button;
  };
  const waysOn = (wanted) => {
    const without = Object.entries(wanted)
      .map(([key, value]) => [`Without ${named(key, value)}`, Object.fromEntries(Object.entries(wanted).filter(([k]) => k !== key))])
      .filter(([, rest]) => Object.keys(rest).length && fitting(rest).length);
    return ["No review fits all of this.", ...[...without, ["Clear all", {}]].map((way) => wayOn(...way))];
  };

  // --- copying

  const COPIES = {
    quote: (words, card) => `“${words}”\n— ${card.dataset.cite}`,
    request: (words, card) => {
      const place = card.dataset.cite.replace("a client, ", "");
      return load().request.replace(/\{(place|words)\}/g, (_, name) => (name === "place" ? place : `“${words}”`));
    },
    place: (words, card) => `${card.getAttribute("aria-label")}\nBegins: ${words.slice(0, 80)}\nreviewpipe's id: ${card.dataset.id}`,
  };
  const ADVICE = {
    quote: "Copied, with its source.",
    request: "Copied. Send it to the author privately, never as a public answer.",
    place: "Copied: source, day, first words and id.",
  };
  const copied = async (button) => {
    const card = button.closest("article");
    const quote = card.querySelector("blockquote");
    const { copy } = button.dataset;
    const label = (button.dataset.label ??= button.textContent);
    try {
      await navigator.clipboard.writeText(COPIES[copy](quote.textContent.trim(), card));
      button.textContent = "Copied";
      byId("told").textContent = ADVICE[copy];
    } catch {
      // No clipboard here (an old browser, or permission refused): select the words, so that one key copies them.
      getSelection().selectAllChildren(quote);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => {
      button.textContent = label;
      byId("told").textContent = "";
    }, 4000);
  };

  // --- charts

  const unpacked = (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const draw = (id, { data: traces, layout }) => {
    byId(id).replaceChildren();
    Plotly.newPlot(id, traces, layout, { displayModeBar: false, responsive: true }).then((place) =>
      place.on("plotly_click", (event) => ask(event.points[0].customdata)),
    );
  };
  // One at a time, so that a click between two is answered.
  const idle = () => new Promise((ready) => (window.requestIdleCallback ?? setTimeout)(ready));
  const charts = async () => {
    await idle();
    const bundle = byId("plotly");
    if (!bundle) return;
    const figures = parsed("figures");
    try {
      document.head.append(element("script", await unpacked(bundle.textContent)));
      for (const [id, figure] of Object.entries(figures)) {
        await idle();
        draw(id, figure);
      }
    } catch {
      document.querySelectorAll(".waiting").forEach((text) => (text.textContent = "This browser cannot draw the chart. The table below holds its numbers."));
      return;
    }
    // Paper is narrower than most screens, and a chart does not shrink by itself.
    addEventListener("beforeprint", () => Object.keys(figures).forEach((id) => Plotly.relayout(id, { width: 640 })));
    addEventListener("afterprint", () => Object.keys(figures).forEach((id) => Plotly.relayout(id, { width: null, autosize: true })));
    document.documentElement.dataset.charts = "drawn";
  };

  // --- what people do

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-filter]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      ask(link.dataset.filter);
    }
    const button = event.target.closest?.("button[data-copy]");
    if (button) copied(button);
  });
  if (form) {
    // A new window, a bookmark and the context menu get the filter with the link.
    for (const link of document.querySelectorAll("a[data-filter]")) link.hash = `${PLACE}?${link.dataset.filter}`;
    form.addEventListener("input", (event) => {
      delete extra[event.target.name];
      shown = PAGE;
      show();
      note(event.target.name === "search" ? "replaceState" : "pushState");
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      put({});
      note("pushState");
    });
    byId("more").addEventListener("click", () => {
      const first = shown;
      shown += PAGE;
      show();
      const next = byId("list").children[first];
      next?.setAttribute("tabindex", "-1");
      next?.focus();
    });
    addEventListener("hashchange", restore);
    if (location.hash.startsWith(`${PLACE}?`) && restore()) go();
  }
  charts();
})();
