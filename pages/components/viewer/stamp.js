// Says how new a document in the store is; a viewer that shows an older one asks for it again.
export default function ({ data }) {
  document.dispatchEvent(new CustomEvent("rightsdesk-stamp", { detail: data }));
}
