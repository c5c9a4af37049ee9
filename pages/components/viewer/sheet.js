// Hands one page (image and words, or text) to the viewer. It is a component of its own so that the page is not
// sent again whenever an evidence box or a field changes.
export default function ({ data }) {
  const sheets = (window.rightsdeskSheets ??= new Map());
  const key = `${data.document}/${data.page}/${data.dpi}`;
  const known = sheets.get(key);
  // The same page again is not drawn again: a hand may be dragging over it.
  const same = known && JSON.stringify(known) === JSON.stringify(data);
  sheets.delete(key);
  sheets.set(key, same ? known : data);
  while (sheets.size > 12) sheets.delete(sheets.keys().next().value);
  if (same) return;
  document.dispatchEvent(new CustomEvent("rightsdesk-sheet", { detail: data }));
}
