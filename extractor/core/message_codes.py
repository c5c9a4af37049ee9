"""The code of every message for a person: what it says, whatever its wording.

Stored errors, the command line's `error_code` and whoever evaluates them go by the code, so a code stays when its text
is changed: then change the text here as well. A text that says something else gets another code.
`tests/test_messages.py` compares with the code.
"""

from __future__ import annotations

from typing import Final

CODES: Final = {
    # classification/binders.py
    "binder-pages-not-separable": "{name} has no pages that could be cut apart. Only PDF and TIFF have.",
    # cli/training.py
    "training-documents-deleted": "Documents of the type “{type}” were deleted while it was learned. Train it again.",
    # core/data_folder.py
    "learned-folder-not-writable": "What was learned cannot be kept in {folder} ({reason}). Make the folder writable.",
    # core/document_types.py
    "file-not-readable": "{file}: cannot be read ({reason}).",
    "type-file-not-utf8": "{file}, line {line}: is not UTF-8 text. Save it as UTF-8.",
    "type-file-not-json": "{file}, line {line}: is not valid JSON ({reason}).",
    "type-file-duplicate-key": "{file}, line {line}: “{key}” stands twice in one object. Remove one of them.",
    "type-file-not-usable": "{file}: is not a usable JSON file ({reason}).",
    "schema-not-an-object": "{file}: a schema must be a JSON object.",
    "schema-without-properties": "{file}: the schema has no “properties”, so there is nothing to extract.",
    "schema-invalid-at-line": "{file}, line {line}: is not a valid JSON Schema at {place} ({reason}).",
    "schema-invalid": "{file}: is not a valid JSON Schema at {place} ({reason}).",
    "schema-unknown-type": "schema: “{key}” has the unknown type “{type}”. Known types: {known}.",
    # core/registry.py
    "plugin-left-out": (
        "The plugin “{name}” ({group}) of the package {package} is left out. Update the package or uninstall it. "
        "{reason}"
    ),
    "plugin-name-taken": "Its name is taken.",
    "registry-unknown-name": "There is no “{name}” in {group}. Known: {known}.",
    # core/validation.py
    "field-required": "This field is required.",
    "field-not-a-date": "Not a date. Write it as YYYY-MM-DD, for example 2026-03-31.",
    "field-format": "Not a valid {format}.",
    "field-choice": "Choose one of: {choices}.",
    "field-pattern": "Does not have the form {pattern}.",
    "field-type": "Must be of type {type}.",
    "field-rule": "Breaks the rule “{rule}: {value}” of the schema.",
    # desk/background_ocr.py
    "server-ended-repeatedly": "the server ended {count} times while it worked on it",
    "ocr-stopped-early": "Text recognition stopped early ({reason}).",
    # desk/batch_intake.py
    "intake-failed": "{name}: something went wrong, and it was not added. Look for {reference} in the log of the server.",
    # desk/intake.py
    "binder-approved": "{file}: is approved. Reopen it in Review before splitting it.",
    # desk/page_images.py
    "file-not-openable": "{name} cannot be opened ({reason}). Check that it is there and may be read.",
    # desk/runs.py
    "ocr-not-finished": "{file}: text recognition is not finished, {count} pages are left. Try again when it is.",
    "run-unknown": "This run is not known any more. Its results are stored; start it again for the rest.",
    "document-type-gone": "{file}: the document type “{type}” does not exist any more. Choose another one.",
    # extractors/builtin/learned/library.py
    "trained-model-not-readable": "The trained model {version} of the type “{type}” cannot be read ({reason}). Train it again.",
    "training-in-progress": "The type “{type}” is being trained already. Wait until that is done.",
    # extractors/builtin/sandboxed.py
    "attempt-failed": "It failed: {reason}",
    # extractors/cloud/chat_response.py
    "provider-answered-with-page": "{provider} answered with a web page or plain text instead of an answer. Check base_url.",
    "provider-answer-unusable": "{provider} answered with something that is no answer of a model ({reason}).",
    "model-refused": "{model} of {provider} refused to answer ({reason}).",
    "answer-cut-off-at-tokens": "The answer of {model} was cut off at {tokens} tokens. Raise max_length of this model.",
    "answer-only-thoughts": "{model} thought until the limit of {tokens} tokens and gave no answer. Raise max_length of this model, or let it think less.",
    "answer-broken-off": "{model} of {provider} broke off its answer ({reason}).",
    "model-answer-empty": "{model} of {provider} gave an empty answer.",
    # extractors/cloud/circuit_breaker.py
    "provider-left-alone": "{provider} failed {count} times in a row and is left alone for {seconds} s.",
    # extractors/cloud/extractor.py
    "model-replaced": "{provider} does not have the model {model} ({reason}). It was replaced by {heir}.",
    "model-not-found": "{provider} does not have the model {model} ({reason}). Check its model_id.",
    "document-too-long-for-model": "The document needs about {tokens} tokens and {model} has room for {room}. Choose a model with a larger context.",
    "provider-read-a-part": "{provider} read only a part of the document: {counted} tokens of about {tokens}. Raise the context of its server (Ollama: OLLAMA_CONTEXT_LENGTH), and give the model's context in the cloud configuration.",
    "provider-key-missing": "There is no key for {provider}. Set the variable {variable}.",
    "provider-key-malformed": "The key for {provider} has characters that no key has. Copy it again.",
    "provider-unknown": "There is no provider “{provider}”. Known providers: {known}.",
    # extractors/cloud/model_lists.py
    "provider-switched-off": "The provider {provider} is switched off in the cloud configuration (enabled: false).",
    # extractors/cloud/provider_errors.py
    "provider-timeout": "{provider} gave no complete answer from {model} within {seconds} s. It may charge for it.",
    "provider-unreachable": "{provider} cannot be reached at {address}. Is it running, and is the address right?",
    "provider-connection-broken": "{provider} broke the connection before {model} had answered. It may charge for the call.",
    "rate-limited-for-seconds": "{provider} takes no more calls for now ({reason}). Try again in {seconds} s.",
    "account-without-credit": "The account at {provider} has no credit left ({reason}).",
    "document-over-account-limit": "The document is larger than the account's limit at {provider} lets through to {model} at all ({reason}). Have the limit raised, or choose another model.",
    "answer-length-not-allowed": "{model} of {provider} does not allow so long an answer ({reason}). Lower max_length of this model.",
    "document-over-context": "The document is longer than {model} of {provider} takes ({reason}).",
    "provider-key-refused": "{provider} does not accept the key in {variable}. Check it, or make a new one.",
    "provider-key-forbidden": "{provider} does not let the key in {variable} use {model} ({reason}).",
    "provider-address-wrong": "At {address} nothing of {provider} answers chat completions ({reason}). Check base_url.",
    "answer-not-json-of-schema": "{model} of {provider} did not answer with JSON of the schema ({reason}).",
    "rate-limited": "{provider} takes no more calls for now ({reason}). Try again later.",
    "provider-fault": "{provider} has a fault of its own (status {status}: {reason}). Try again later.",
    "provider-refuses-request": "{provider} refuses the request (status {status}: {reason}).",
    # extractors/cloud/rate_limits.py
    "rate-limited-without-reason": "{provider} takes no more calls for now. Try again in {seconds} s.",
    # extractors/hybrid/escalation.py
    "result-empty": "It found nothing.",
    "result-doubtful": "Missing or not valid: {invalid}. Not certain enough: {unsure}.",
    # extractors/hybrid/extractor.py
    "strategy-unknown": "There is no strategy “{strategy}”. Choose one of: {known}.",
    "model-unknown": "There is no model “{model}”. Known models: {known}.",
    "cloud-models-unavailable": "No cloud model is available. The Models page says why.",
    "price-unknown": "The price of {model} is unknown, so the limits of spending cannot be kept. Give its cost_per_token in the cloud configuration (0 when it is free).",
    # extractors/local/downloads.py
    "local-packages-missing": "Models on this machine need Python packages that are missing. Install them with: pip install {packages}",
    "local-model-read-from-path": "{model}: is not downloaded; it is read from “path”.",
    "disk-too-full": "{model}: the disk is too full. The download takes {needed:.1f} GB, {free:.1f} GB are free.",
    "licence-not-accepted": "{model}: accept its licence on the hub’s page of {id} first, then set HF_TOKEN to your key.",
    "hub-model-not-found": "{model}: the hub has no model {id}, or your key may not see it. Correct “model_id”.",
    "hub-offline": "{model}: downloads are switched off by the variable HF_HUB_OFFLINE.",
    "hub-error": "{model}: the hub answered with error {status}. Try again later.",
    "hub-unreachable": "{model}: the hub cannot be reached. Check the network and try again.",
    "cache-not-writable": "{model}: cannot be written to the cache folder ({reason}).",
    "model-not-in-cache": "{model}: is not in the cache.",
    # extractors/local/extractor.py
    "fields-fill-context": "{model}: the fields alone fill its context of {context} tokens. Set a larger “context” for it.",
    "local-answer-incomplete": "{model}: the answer was not complete after {tokens} tokens. Raise “max_new_tokens” for it, or use a larger model.",
    # extractors/local/loading.py
    "local-model-not-loadable": "{model}: cannot be loaded ({reason}).",
    "local-out-of-memory": "{model}: out of memory while it read {tokens} tokens. Set a smaller “context” for it.",
    # extractors/local/model_files.py
    "model-package-missing": "{model}: the Python package “{package}”, which ships the model, is not installed.",
    "model-folder-missing": "{model}: the folder {folder} does not exist. Correct “path” in the model configuration.",
    "model-file-missing": "{model}: the file {file} is not in {folder}.",
    "model-weights-missing": "{model}: there are no weights (*.safetensors) in {folder}.",
    "download-incomplete": "{model}: the download is not complete. Start it again on the Models page; files that are here stay.",
    "model-not-downloaded": "{model}: not downloaded. Download {id} on the Models page.",
    # extractors/local/planning.py
    "graphics-memory-short": "{model}: not enough graphics memory. It needs {needed:.1f} GB, {there:.1f} GB are free.",
    "memory-short": "{model}: not enough memory. It needs {needed:.1f} GB, {there:.1f} GB are free.",
    "model-packages-missing": "{model}: Python packages are missing. Install them with: pip install {packages}",
    "gguf-quantised-already": "{model}: a GGUF file is quantised already; set “quantization: none” in the model configuration.",
    "device-missing": "{model}: the device “{device}” of the model configuration is not there. Set “device: auto”.",
    # extractors/registry.py
    "local-model-switched-off": "{model} is switched off in the model configuration (enabled: false).",
    "cloud-models-switched-off": "Cloud models are switched off in the cloud configuration (cloud: enabled: false).",
    # extractors/response_json.py
    "answer-empty": "The model gave an empty answer.",
    "answer-web-page": "The model's server answered with a web page, not with an answer of the model.",
    "answer-not-json": "The model did not answer with JSON but with “{answer}”.",
    "answer-nested-too-deeply": "The model's answer is nested too deeply.",
    "answer-cut-off-while-thinking": "The model was cut off while thinking. Raise max_length of this model, or let it think less.",
    "answer-json-broken": "The model answered with broken JSON of {length} characters, which is too long to be repaired. Try again or choose another model.",
    "answer-cut-off": "The model's answer is cut off: “…{answer}”. Raise max_length of this model.",
    "answer-without-fields": "The model answered with JSON that has none of the fields asked for: “{answer}”.",
    # extractors/responses.py
    "answer-against-schema": "The model's answer does not fit the schema: “{value}” is no value of {field}.",
    # learning/sandboxed.py
    "training-too-large": "Training was given up: the texts of more than {count} documents take too much.",
    # learning/training.py
    "approved-documents-too-few": "Learning needs at least {least} approved documents of this type; there are {count}.",
    # quality/evaluation.py
    "gold-line-unusable": "{file}, line {line}: needs “file”, “document_type” and “metadata” ({reason}).",
    # reading/document_writer.py
    "tables-too-large": "The tables have more cells than a document can hold; the last of them were read as plain lines.",
    "text-too-long": "{name} holds more text than a document can ({limit} characters). Split it and upload the parts.",
    # reading/docx.py
    "docx-damaged": "{name} is damaged or incomplete. Open it in Word, save it again and upload that.",
    # reading/formats.py
    "file-empty": "{name} is empty (0 bytes). Upload the file again.",
    "file-encrypted": "{name} is encrypted. Save it without a password and upload that.",
    "format-not-read": "{name} is {kind}, which is not read yet. Save it as PDF, DOCX, HWPX or text and upload that.",
    "file-misnamed": "{name} is not what its name says: inside it is {kind}. Give it the right ending or export it again.",
    "file-too-large": "{name} is larger than {limit} MB. Split it or leave out its pictures.",
    # reading/hwp.py
    "hwp-damaged": "{name} is damaged or incomplete. Open it in Hancom Office, save it again and upload that.",
    # reading/image.py
    "too-many-pages": "{name} has {pages} pages; up to {limit} are read. Split it and upload the parts.",
    "pages-without-text": "No text could be read on these pages: {pages}",
    "picture-unclear": "{name} is too small or blurred to be read. Photograph it again, closer and sharp.",
    "scan-without-text": "{name}: no text was found on its pages. Scan it again, straight and at 300 dpi.",
    "picture-damaged": "{name} is damaged or incomplete. Scan or export it again and upload that.",
    "picture-too-large": "{name} has more than {limit} million pixels. Scan it at 300 dpi.",
    # reading/libreoffice.py
    "printing-failed": "{name} could not be printed to pages; it is shown as text.",
    # reading/ocr/engines/rapidocr.py
    "ocr-failed": "Text recognition failed ({reason}).",
    "rapidocr-not-installed": "{name} is a scan, and RapidOCR, which the configuration chooses to read it, is not installed. Run “pip install rapidocr onnxruntime”, or choose another engine in config/model_config.yaml.",
    "rapidocr-downloading": "{name} is a scan, and RapidOCR is still downloading its model. Upload it again in a minute.",
    "rapidocr-not-startable": "{name} is a scan, and RapidOCR cannot be started ({reason}). Install rapidocr and onnxruntime again, or choose another engine in config/model_config.yaml.",
    "rapidocr-download-failed": "{name} is a scan, and RapidOCR cannot download its model. Connect this machine to the internet once, or put the file from {address} into {folder}.",
    # reading/ocr/engines/tesseract.py
    "ocr-timeout": "Text recognition took too long.",
    "tesseract-not-installed": "{name} is a scan, and Tesseract is not installed. Install tesseract-ocr and tesseract-ocr-kor.",
    "tesseract-model-missing": "{name} is a scan, and Tesseract lacks a model. Install tesseract-ocr-kor and tesseract-ocr-eng.",
    # reading/ocr/pages.py
    "page-with-several-sheets": "Page {page} shows several sheets; only the largest was read.",
    "page-unclear": "Page {page} is too small or blurred to be read surely. Check it, or photograph it again.",
    # reading/office_blocks.py
    "office-file-without-text": "{name} holds no text. If it is a picture of a document, it is not read yet.",
    "document-parts-not-readable": "Parts of the document could not be read.",
    # reading/page_images.py
    "page-missing-in-file": "{name} has no page {page}; it has {pages}.",
    # reading/pdf/pdfium.py
    "pdf-damaged": "{name} is damaged or incomplete. Export it again as PDF and upload that.",
    # reading/pdf/reader.py
    "page-damaged": "Page {page} is damaged and was left out.",
    # reading/sandbox.py
    "machine-busy": "{name}: the server is short of memory or processes and could not work on it just now. Try again in a few minutes.",
    "worker-out-of-time": "{name} took more than {seconds} s of computing to read and was given up. Split it, or save it in another format, and upload that.",
    "worker-out-of-memory": "{name} needs too much memory to be read. Split it, or scan it at 300 dpi, and upload that.",
    "worker-standstill": "{name}: reading came to a standstill and was ended. Try again; if that does not help, save it in another format.",
    "worker-crashed": "{name} made the program that reads it crash twice. Save it in another format and upload that.",
    "file-damaged": "{name} is damaged in a way that cannot be read. Export or scan it again and upload that.",
    "text-worker-out-of-time": "{name}: its text took more than {seconds} s of computing and was given up. Leave out what is no text, such as long runs of blanks, or split it.",
    "text-worker-out-of-memory": "{name}: its text needs too much memory. Split it.",
    "text-worker-standstill": "{name}: work on its text came to a standstill and was ended. Try again.",
    "text-worker-crashed": "{name}: its text made the program crash twice. Split it, or leave out what is no text.",
    "text-worker-failed": "{name}: an error in the program; its log says more.",
    # reading/text.py
    "not-a-text-file": "{name} is not a text file. Save it as PDF, DOCX, HWPX or UTF-8 text and upload that.",
    "characters-left-out": "Characters that no text can hold (NUL, lone surrogates) were left out.",
    "characters-not-readable": "Some characters could not be read and are shown as �.",
    "text-file-empty": "{name} holds no text. Check that it is the right file.",
    # reading/zip_guard.py
    "zip-too-large": "{name} unpacks to more than a document can hold. Split it and upload the parts.",
    # settings/cloud.py
    "variable-invalid": "The variable {variable} is “{value}”; it must be {wanted}.",
    # settings/model_deprecations.py
    "model-withdrawn": "{model} is not to be had any more since {day}; {heir} answers in its place.",
    "model-being-withdrawn": "{model} goes on {day}; from then on {heir} answers in its place.",
    # settings/yaml_sections.py
    "config-not-readable": "{file}: the configuration cannot be read ({reason}).",
    "config-not-utf8": "{file}: is not UTF-8 text. Save it as UTF-8.",
    "config-not-yaml": "{file}, line {line}: is not valid YAML ({reason}).",
    "config-empty": "{file}: is empty.",
    "config-duplicate-key": "{file}, line {line}: “{key}” is given twice.",
    "config-wrong-value": "{file}, line {line}: “{key}” must be {wanted}.",
    "config-key-missing": "{file}, line {line}: “{key}” is missing.",
    "config-unknown-name": "{file}, line {line}: “{key}” names “{value}”, which is not there. Known: {known}.",
    "config-key-not-allowed": "{file}, line {line}: “{key}” cannot be set here.",
    "config-unknown-key-like": "{file}, line {line}: “{key}” is not a known key. Did you mean “{near}”?",
    "config-unknown-key": "{file}, line {line}: “{key}” is not a known key. Known keys: {known}.",
    # spending/budget.py
    "budget-of-month": "This call can cost up to ${most:.4f}, which would pass the limit of ${limit:.2f} a month.",
    "budget-of-run": "This call can cost up to ${most:.4f}, which would pass the limit of ${limit:.2f} a run; ${gone:.4f} are spent or set aside for calls at work.",
    # store/allowed.py
    "document-type-unknown": "{file}: there is no document type “{type}”. Nothing was changed.",
    "value-of-wrong-kind": "A value of this kind cannot stand in the field “{path}”. Nothing was changed.",
    "field-unknown": "The document type “{type}” has no field “{path}”. Nothing was changed.",
    # store/base.py
    "document-unknown": "The document {hash} is not in the store. It may have been deleted.",
    # store/conflicts.py
    "value-changed-meanwhile": "{file}: {name} changed this value after it was shown to you. Your change is not saved. Choose which of the two is to stay.",
    "values-changed-meanwhile": "{file}: values were changed after they were shown to you ({name}). It is not approved. Look at it again, then approve it.",
    "document-approved": "{file}: is approved. Reopen it to change it.",
    "document-approved-by": "{file}: is approved, by {name} at {time} UTC. Reopen it to change it.",
    "document-type-changed-meanwhile": "{file}: its document type was changed in the meantime. Open it again.",
    # store/database_errors.py
    "not-saved-database-busy": "Not saved: another program keeps the database {database} busy. Try again in a moment; if this goes on, close the program that uses it.",
    "not-saved-disk-full": "Not saved: the disk with the database {database} is full. Free some space, then try again.",
    "not-saved-database-read-only": "Not saved: the database {database} cannot be written ({reason}). Give the server the right to write the file and its folder, then try again.",
    "not-saved-database-damaged": "Not saved: the database {database} is damaged ({reason}). Stop the server and put a backup in its place.",
    "not-saved-disk-unusable": "Not saved: the disk with the database {database} cannot be used ({reason}). Check its free space, its limits and its health, then try again.",
    "not-saved-database-unreachable": "Not saved: the database {database} cannot be reached ({reason}). Try again when the connection is back.",
    "not-saved-database-refuses": "Not saved: the database {database} refuses ({reason}). Try again; if this goes on, check the server.",
    "database-busy": "Another program keeps the database {database} busy. Try again in a moment; if this goes on, close the program that uses it.",
    "database-disk-full": "The disk with the database {database} is full. Free some space, then try again.",
    "database-not-openable": "The database {database} cannot be opened ({reason}). Check that it is there and that the server may use the file and its folder.",
    "database-damaged": "The database {database} is damaged ({reason}). Stop the server and put a backup in its place.",
    "database-disk-unusable": "The disk with the database {database} cannot be used ({reason}). Check it, then try again.",
    "database-unreachable": "The database {database} cannot be reached ({reason}). Try again when the connection is back.",
    "database-refuses": "The database {database} refuses ({reason}). Try again; if this goes on, check the server.",
    "saving-unknown": "The connection to the database {database} broke while it saved, so nobody knows yet whether it did ({reason}). Reload the page when the connection is back, and look.",
    # store/documents.py
    "content-missing": "{file}: its content is missing from the data folder {folder}. Upload it again.",
    "content-not-kept": "{file}: cannot be kept in the data folder {folder} ({reason}).",
    "not-deleted-approved": "{file}: was approved in the meantime. It is not deleted.",
    "not-deleted-file": "Not deleted: the file cannot be removed from the data folder {folder} ({reason}).",
    "deleted-files-left": "The document is deleted, but files of it could not be removed from the data folder {folder} ({reason}). Remove those whose names contain {hash} by hand.",
    "page-missing": "{file}: has no page {number}, only {count}.",
    # store/engine.py
    "database-url-invalid": "The database URL cannot be used ({reason}). Check RIGHTSDESK_DATABASE_URL.",
    "database-newer": "The database was made by a newer Rightsdesk ({reason}). Update Rightsdesk.",
    # store/store.py
    "data-folder-not-made": "The data folder {folder} cannot be made ({reason}). Set RIGHTSDESK_DATA to another one.",
    # What nobody foresaw.
    "unexpected-error": "{kind}: {reason}",
    "unexpected-error-in-file": "{file}: {kind}: {reason}",
}
