"""The keys of models and the sources of values."""

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.model_keys import (
    BUILTIN,
    HYBRID,
    cloud_key,
    is_cloud,
    is_local,
    is_paid,
    local_key,
    name_of,
    person_of,
    person_source,
)
from extractor.extractors.registry import available_models


@given(st.text(max_size=8))
def test_names_come_back_out_of_keys_and_sources(name: str) -> None:
    assert name_of(local_key(name)) == name_of(cloud_key(name)) == person_of(person_source(name))
    assert person_of(person_source(name)) == name


def test_a_person_called_like_a_model_is_a_person_and_a_model_is_none() -> None:
    assert person_of("person:builtin") == "builtin"
    assert person_of(BUILTIN) is person_of("local_person:x") is person_of("") is None


def test_keys_say_what_a_model_is_and_whether_it_costs() -> None:
    for key, info in available_models().items():
        assert (is_local(key), is_cloud(key)) == (info.type == "local", info.type == "cloud")
        assert (key == BUILTIN, key == HYBRID) == (info.type == "builtin", info.type == "hybrid")
        assert is_paid(key) == info.is_paid == (info.type in ("cloud", "hybrid"))
