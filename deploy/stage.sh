#!/usr/bin/env bash
# Puts what a function needs, and nothing else, into FOLDER: deploy/stage.sh FOLDER
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
folder="${1:?usage: deploy/stage.sh FOLDER}"
mkdir -p "$folder/config"
cp "$root/deploy/main.py" "$root/deploy/requirements.txt" "$folder/"
cp -R "$root/extractor" "$folder/"
cp -R "$root/config/document_types" "$root"/config/*.yaml "$folder/config/"
# The database, the pages' helpers and the command line are not for a function.
rm -rf "$folder/extractor/store" "$folder/extractor/export" "$folder/extractor/cli" "$folder"/extractor/__main__.py
find "$folder" -name __pycache__ -type d -prune -exec rm -rf {} +
