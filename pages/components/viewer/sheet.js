// Hands one page (image and words, or text) to the viewer. It is a component of its own so that the page is not
// sent again whenever an evidence box or a field changes.
export default function ({ data }) {
  const sheets = (window.rightsdeskSheets ??= new Map());
  const key = `${data.document}/${data.page}/${data.dpi}`;
  sheets.delete(key);
  sheets.set(key, data);
  while (sheets.size > 12) sheets.delete(sheets.keys().next().value);
  document.dispatchEvent(new CustomEvent("rightsdesk-sheet", { detail: data }));
}
