// The way in: Streamlit calls this with the component's data, again whenever the data changes.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = open(parentElement)));
  view.fire = setTriggerValue;
  update(view, data);
  return () => view.close();
}

function open(shadow) {
  const get = (selector) => shadow.querySelector(selector);
  const view = {
    shadow,
    root: get(".viewer"),
    stage: get(".stage"),
    sheetNode: get(".sheet"),
    target: get(".target"),
    tip: get(".tip"),
    note: get(".note"),
    numberInput: get(".page-number"),
    button: (name) => get(`[data-act="${name}"]`),
    field: (path) => view.data.fields.find((field) => field.path === path),
    words: [],
    zoom: window.innerWidth < 640 ? 1.5 : 1, // on a small screen the width of a page is too small to read
    sharp: false,
    data: null,
  };
  const ignoreListeners = listenToPage(view);
  listenToPointer(view);
  listenToBar(view);
  const arrived = ({ detail }) => {
    if (view.data && detail.document === view.data.document && detail.page === view.page) show(view, view.page);
  };
  document.addEventListener("rightsdesk-sheet", arrived);
  const changed = ({ detail }) => {
    const isNews = detail.document === view.data?.document && detail.stamp !== view.data.stamp;
    // Not while something is being typed; the next look comes soon.
    if (isNews && !window.rightsdeskInput?.isOpen()) view.fire("outdated", detail.stamp);
  };
  document.addEventListener("rightsdesk-stamp", changed);
  const fit = () => {
    // The panes end where the window ends, whatever stands above them.
    const top = view.root.getBoundingClientRect().top + (document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0);
    const { style } = document.documentElement;
    style.setProperty("--review-top", `${Math.round(top)}px`);
    style.setProperty("--review-paper", getComputedStyle(view.shadow.host).getPropertyValue("--st-background-color"));
    resize(view);
  };
  const observer = new ResizeObserver(fit);
  observer.observe(view.stage);
  observer.observe(document.body);
  // What stands above the panes comes and goes while the page is drawn.
  const page = document.querySelector('[data-testid="stMainBlockContainer"]');
  if (page) observer.observe(page);
  view.fit = fit;
  // However long the server takes to send the new widget.
  const redrawn = new MutationObserver(() => keepFocus(view));
  redrawn.observe(document.querySelector('[data-testid="stMain"]') ?? document.body, { childList: true, subtree: true });
  view.close = () => {
    ignoreListeners();
    observer.disconnect();
    redrawn.disconnect();
    document.removeEventListener("rightsdesk-sheet", arrived);
    document.removeEventListener("rightsdesk-stamp", changed);
    document.getElementById(CHOSEN)?.remove();
    clearTimeout(view.turning);
    clearTimeout(view.addressTimer);
  };
  return view;
}

function listenToBar(view) {
  const actions = {
    "previous-page": () => show(view, view.page - 1),
    "next-page": () => show(view, view.page + 1),
    "zoom-in": () => zoom(view, 1.2),
    "zoom-out": () => zoom(view, 1 / 1.2),
    "zoom-fit": () => zoom(view, 0),
  };
  for (const [name, action] of Object.entries(actions)) view.button(name).addEventListener("click", action);
  // The buttons must not take the cursor out of the field.
  view.root.querySelector(".bar").addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  const go = () => show(view, parseInt(view.numberInput.value, 10) || view.page);
  view.numberInput.addEventListener("change", go);
  view.numberInput.addEventListener("keydown", (event) => event.key === "Enter" && go());
  view.numberInput.addEventListener("focus", () => view.numberInput.select());
}

function update(view, data) {
  const previous = view.data;
  view.data = data;
  view.root.classList.toggle("locked", data.locked);
  if (previous?.document !== data.document) {
    Object.assign(view, { page: data.page, chosen: data.field, sheet: null, asked: null, turnTo: null });
    Object.assign(view, { asked: `${data.document}/${data.page}/${view.sharp}` });
    view.stage.scrollTop = 0;
    // Another document begins at its top, whatever was read of the last one.
    const pane = document.querySelector(".st-key-review-fields");
    if (pane && previous) pane.scrollTop = 0;
    showContainer(view);
  } else if (previous.text !== data.text) {
    forget(data.document);
    Object.assign(view, { page: data.page, sheet: null, asked: null, turnTo: view.chosen });
  }
  if (JSON.stringify(previous?.labels) !== JSON.stringify(data.labels)) drawLabels(view);
  view.root.querySelector(".page-count").textContent = `/ ${data.count}`;
  if (view.chosen && !view.field(view.chosen)) view.chosen = null;
  markChosen(view);
  if (view.sheet) {
    drawEvidence(view);
    revealEvidence(view);
  } else show(view, view.page);
  if (previous && data.note && data.note.n !== previous.note?.n) note(view, data.note.text);
  if (previous && data.go.n !== previous.go.n && data.go.field) focusField(view, data.go.field);
  requestAnimationFrame(view.fit);
}

function drawLabels(view) {
  const { labels } = view.data;
  const keys = view.root.querySelector(".keys");
  keys.replaceChildren(
    ...labels.keys.map(([names, text]) => {
      const entry = document.createElement("span");
      for (const name of names) entry.append(Object.assign(document.createElement("kbd"), { textContent: name }));
      entry.append(" ", text);
      return entry;
    }),
  );
  view.root.querySelector(".bar").setAttribute("aria-label", labels.bar);
  view.root.querySelector(".wait").textContent = labels.wait;
  view.numberInput.setAttribute("aria-label", labels.page);
  for (const button of view.root.querySelectorAll("[data-act]")) {
    button.title = labels[button.dataset.act];
    button.setAttribute("aria-label", labels[button.dataset.act]);
  }
}
