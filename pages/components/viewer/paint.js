// Drawing: one page at a time, its words as transparent targets, the evidence of all fields over it.

const SHARP = 200; // dots per inch for zoomed pages; the usual ones are data.dpi

function sheets() {
  return (window.rightsdeskSheets ??= new Map());
}

function find(view, page) {
  const { document: hash, dpi } = view.data;
  const at = (resolution) => sheets().get(`${hash}/${page}/${resolution}`);
  return view.sharp ? at(SHARP) ?? at(dpi) : at(dpi) ?? at(SHARP);
}

/** Forget the text of a document that has page images now. */
function forget(hash) {
  for (const [key, sheet] of sheets()) if (sheet.document === hash && sheet.blocks) sheets().delete(key);
}

/** Show a page: at once when the browser has it, else as soon as it arrives. */
function show(view, page) {
  view.page = Math.min(Math.max(1, page), view.data.count);
  const sheet = find(view, view.page);
  view.root.classList.toggle("waiting", !sheet);
  view.numberInput.value = view.page;
  view.button("previous-page").disabled = view.page <= 1;
  view.button("next-page").disabled = view.page >= view.data.count;
  if (sheet && sheet !== view.sheet) drawSheet(view, sheet);
  keepAddress(view);
  // Python sends this page when it is missing, and the next one ahead of time.
  clearTimeout(view.turning);
  const turn = () => {
    const wanted = `${view.data.document}/${view.page}/${view.sharp}`;
    if (wanted !== view.asked) view.fire("turned", { page: view.page, sharp: view.sharp });
    view.asked = wanted;
  };
  view.turning = setTimeout(turn, sheet ? 200 : 30);
}

function drawSheet(view, sheet) {
  const turned = view.sheet?.page !== sheet.page || view.sheet?.document !== sheet.document;
  view.sheet = sheet;
  view.words = [];
  view.selection = null;
  const node = document.createElement("div");
  node.className = sheet.blocks ? "sheet text" : "sheet";
  node.dataset.page = sheet.page;
  if (sheet.blocks) drawText(view, node, sheet);
  else drawPage(view, node, sheet);
  view.sheetNode.replaceWith(node);
  view.sheetNode = node;
  view.root.classList.remove("waiting");
  resize(view);
  if (turned) {
    // An enlarged page begins at its text, not at its margin.
    const margin = sheet.blocks ? 0 : Math.min(...view.words.map(({ x0 }) => x0), 1) * node.offsetWidth;
    view.stage.scrollTo({ top: 0, left: margin - 8 });
  }
  drawEvidence(view);
  if (turned) revealEvidence(view);
}

function drawPage(view, node, sheet) {
  const image = new Image();
  image.alt = "";
  image.src = sheet.image;
  node.append(image);
  view.boxes = document.createElement("div");
  node.append(view.boxes);
  const percent = (value) => `${value * 100}%`;
  sheet.words.forEach(([start, end, x0, y0, x1, y1], index) => {
    const word = document.createElement("span");
    word.className = "word";
    Object.assign(word.style, { left: percent(x0), top: percent(y0), width: percent(x1 - x0), height: percent(y1 - y0) });
    word.dataset.index = index;
    node.append(word);
    view.words.push({ start, end, x0, y0, x1, y1, node: word });
  });
}

/** A document without page images: lines and table rows, each word a span with its offsets. */
function drawText(view, node, sheet) {
  let table = null;
  for (const block of sheet.blocks) {
    if (block.cells) {
      if (!table) node.append((table = document.createElement("table")));
      const row = table.insertRow();
      for (const cell of block.cells) {
        const td = row.insertCell();
        td.colSpan = cell.columns;
        td.rowSpan = cell.rows;
        drawWords(view, td, cell);
      }
      if (block.last) table = null;
    } else {
      table = null;
      const line = document.createElement("p");
      drawWords(view, line, block);
      node.append(line);
    }
  }
}

function drawWords(view, parent, { text, start }) {
  let offset = start; // in characters as Python counts them, not in UTF-16 units
  for (const piece of text.split(/(\s+)/u)) {
    const length = [...piece].length;
    if (piece && /\S/u.test(piece)) {
      const word = document.createElement("span");
      word.className = "word";
      word.textContent = piece;
      word.dataset.index = view.words.length;
      parent.append(word);
      view.words.push({ start: offset, end: offset + length, node: word });
    } else if (piece) parent.append(piece);
    offset += length;
  }
}

function resize(view) {
  const { sheet, stage, sheetNode } = view;
  if (!sheet) return;
  const style = getComputedStyle(stage);
  const room = stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  view.button("zoom-fit").textContent = `${Math.round(view.zoom * 100)}%`;
  if (sheet.blocks) return sheetNode.style.setProperty("--zoom", view.zoom);
  const width = Math.round(room * view.zoom);
  sheetNode.style.width = `${width}px`;
  sheetNode.style.height = `${Math.round((width * sheet.height) / sheet.width)}px`;
  const pixels = (sheet.width / 72) * view.data.dpi;
  const sharp = width * window.devicePixelRatio > pixels * 1.4;
  if (sharp && !view.sharp) {
    view.sharp = true;
    show(view, view.page);
  }
}

function zoom(view, factor) {
  const { stage } = view;
  const before = view.zoom;
  view.zoom = factor === 0 ? 1 : Math.min(Math.max(view.zoom * factor, 0.4), 4);
  const grown = view.zoom / before;
  const middle = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
  resize(view);
  stage.scrollTo(middle[0] * grown - stage.clientWidth / 2, middle[1] * grown - stage.clientHeight / 2);
}

/** The places of a field on the page that is shown: `[page, start, end, boxes]` each. */
function placesHere(view, field) {
  return field.evidence.filter(([page]) => page === view.sheet?.page);
}

function drawEvidence(view) {
  if (!view.sheet) return;
  // The chosen field last, so that it lies on top.
  const fields = [...view.data.fields].sort((a, b) => (a.path === view.chosen) - (b.path === view.chosen));
  for (const word of view.words) word.node.classList.remove("picked", ...(view.sheet.blocks ? ["lit", "bright"] : []));
  if (!view.sheet.blocks) view.boxes.replaceChildren();
  const drawn = new Set(); // a place that several values share is drawn once: laid over each other they would darken
  for (const field of fields) {
    const bright = field.path === view.chosen;
    for (const [, start, end, boxes] of placesHere(view, field)) {
      if (view.sheet.blocks) {
        for (const word of view.words)
          if (word.start < end && word.end > start) {
            word.node.classList.add(bright ? "bright" : "lit");
            word.node.dataset.field = field.path;
          }
      } else
        for (const box of boxes) {
          if (bright || !drawn.has(`${box}`)) view.boxes.append(drawBox(field, box, bright));
          drawn.add(`${box}`);
        }
    }
  }
}

function drawBox(field, [x0, y0, x1, y1], bright) {
  const node = document.createElement("div");
  node.className = bright ? "box bright" : "box";
  node.dataset.field = field.path;
  const percent = (value) => `${value * 100}%`;
  Object.assign(node.style, { left: percent(x0), top: percent(y0), width: percent(x1 - x0), height: percent(y1 - y0) });
  return node;
}

/** Bring the chosen field's evidence into sight, turning to its page when it is not on this one. */
function revealEvidence(view) {
  const field = view.field(view.chosen);
  if (!field?.evidence.length) return;
  if (!placesHere(view, field).length) {
    if (view.sheet?.page === view.page && view.turnTo === view.chosen) {
      view.turnTo = null;
      show(view, field.evidence[0][0]);
    }
    return;
  }
  view.turnTo = null;
  const node = view.sheetNode.querySelector(".bright");
  if (!node) return;
  const { top, bottom, left, right } = node.getBoundingClientRect();
  const frame = view.stage.getBoundingClientRect();
  const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (top < frame.top + 24 || bottom > frame.bottom - 24 || left < frame.left || right > frame.right)
    view.stage.scrollBy({
      top: (top + bottom) / 2 - frame.top - frame.height / 2,
      left: left < frame.left || right > frame.right ? left - frame.left - 48 : 0,
      behavior: smooth,
    });
}
