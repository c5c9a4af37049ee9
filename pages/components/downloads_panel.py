"""The downloaded models of this machine: size, last use, download, verify, delete; and what is in memory."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from extractor.extractors.local import shared_models
from pages.components import choice, guard, models, ui
from pages.components.downloads import get_downloads
from pages.components.i18n import _, ago, explain

if TYPE_CHECKING:
    from extractor.extractors.local.downloads import CachedModel
    from extractor.settings.local_models import LocalModel, ModelConfig


def show() -> None:
    """What is downloaded and what could be."""
    from extractor.extractors.local.downloads import problem
    from extractor.settings.local_models import load_models

    config = load_models()
    st.subheader(_("Models on this machine"), anchor=False)
    if missing := problem():
        st.info(ui.plain(explain(missing)))
        return
    st.caption(_("Downloaded to {folder}").format(folder=f"`{config.cache_folder}`"))
    _memory()
    st.fragment(_cache, run_every=1 if get_downloads().running else None)(config, get_downloads().running)


def _memory() -> None:
    for held in shared_models().held():
        with st.container(horizontal=True, vertical_alignment="center"):
            text = _("In memory: {model}, {size}").format(
                model=f"**{ui.plain(held.title)}**", size=size(held.memory_bytes)
            )
            st.markdown(text, width="content")
            st.button(
                _("Release"),
                key=f"release-{held.key}",
                on_click=_release,
                args=(held.key,),
                disabled=bool(held.users),
            )


@guard.callback
def _release(key: Hashable) -> None:
    shared_models().release(key)


def _cache(config: ModelConfig, was_running: bool) -> None:
    from extractor.extractors.local.downloads import cached_models

    with guard.failures():
        if was_running and not get_downloads().running:
            st.rerun()  # The whole page: a model has become available, and polling ends.
        there = {model.model_id: model for model in cached_models(config.cache_folder)}
        if not there:
            st.info(_("No model is downloaded yet."))
        for cached in there.values():
            _downloaded(cached, config)
        wanted = [m for m in config.models.values() if m.model_id and not m.path and m.model_id not in there]
        _wanted(wanted, config)


def _downloaded(cached: CachedModel, config: ModelConfig) -> None:
    model = next((m for m in config.models.values() if m.model_id == cached.model_id), None)
    with st.container(border=True, key=f"cached-{cached.model_id.replace('/', '-')}", gap="small"):
        facts = [
            size(cached.size_bytes),
            _("last used {time}").format(time=ago(datetime.fromtimestamp(cached.used, UTC))),
        ]
        if cached.partial_bytes:
            facts.append(_("{size} of an unfinished download").format(size=size(cached.partial_bytes)))
        title = model.title if model else cached.model_id
        st.markdown(f"**{ui.plain(title)}** · {ui.plain(cached.model_id)} · {ui.plain(' · '.join(facts))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if not cached.complete and model is not None:
                _download_button(model, config, _("Go on with the download"))
            if st.button(_("Verify"), key=f"verify-{cached.model_id}"):
                _verify(cached.model_id, config)
            with st.popover(_("Delete")):
                st.write(
                    _("Delete {size} from the disk? The model can be downloaded again.").format(
                        size=size(cached.size_bytes + cached.partial_bytes)
                    )
                )
                st.button(
                    _("Delete"),
                    type="primary",
                    key=f"delete-{cached.model_id}",
                    on_click=_delete,
                    args=(cached.model_id, config),
                )
        _progress(model)


def _wanted(wanted: list[LocalModel], config: ModelConfig) -> None:
    """A model to download, and how far those are that are under way."""
    if not wanted:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {model.name: model for model in wanted}
        name = choice.select(
            _("Download a model"),
            list(names),
            name=lambda name: f"{names[name].title} · {names[name].model_id}",
            key="download_model",
            width=420,
        )
        _download_button(names[name], config, _("Download"))
    for model in wanted:
        _progress(model)


def _download_button(model: LocalModel, config: ModelConfig, label: str) -> None:
    known = get_downloads().get(model.name)
    running = known is not None and known.running
    st.button(label, key=f"download-{model.name}", on_click=_download, args=(model, config), disabled=running)


def _progress(model: LocalModel | None) -> None:
    known = get_downloads().get(model.name) if model else None
    if known is None or model is None:
        return
    if known.running:
        share = known.done / known.total if known.total else 0.0
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(share, f"{ui.plain(model.title)}: {size(known.done)} / {size(known.total)}")
            st.button(
                _("Cancel"),
                key=f"cancel-{model.name}",
                on_click=guard.callback(get_downloads().cancel),
                args=(model.name,),
            )
    elif known.error is not None:
        st.error(guard.describe(known.error))


@guard.callback
def _download(model: LocalModel, config: ModelConfig) -> None:
    get_downloads().start(model, config.cache_folder, models.keys().get("huggingface"))


def _verify(model_id: str, config: ModelConfig) -> None:
    from extractor.extractors.local.downloads import verify

    with guard.failures(), st.spinner(_("Comparing the checksums of {model} …").format(model=model_id)):
        verification = verify(model_id, config.cache_folder)
        if verification.sound:
            st.success(_("{count} files are as they were published.").format(count=verification.checked))
        else:
            names = ", ".join((*verification.missing, *verification.damaged))
            st.error(
                _("Missing or damaged: {names}. Delete the model and download it again.").format(names=ui.plain(names))
            )


@guard.callback
def _delete(model_id: str, config: ModelConfig) -> None:
    from extractor.extractors.local.downloads import delete

    delete(model_id, config.cache_folder)


def size(count: float) -> str:
    """Bytes for a person."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
