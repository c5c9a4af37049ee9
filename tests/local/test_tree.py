"""Branches of the field tree say token for token what field-by-field decoding says, on every architecture."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

if importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None:
    pytest.skip("needs torch and transformers", allow_module_level=True)

import torch
import transformers

from extractor.extractors.local.fieldtree import tree as trees
from extractor.extractors.local.fieldtree.tree import Tree

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "initializer_range": 0.4,
    "pad_token_id": 0,
}
MODELS: dict[str, dict[str, Any]] = {
    "Llama": {},
    "Qwen2": {},
    "Qwen3": {},
    "Gemma3": {
        "sliding_window": 8,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
    },
    "Mistral": {"sliding_window": 8},
}
TRUNK = [(7 * index * index + 3 * index + 5) % 95 + 1 for index in range(40)]
OPENINGS = [[3], [4, 9], [11, 12, 13], [3, 9], [60, 61]]


def network(name: str) -> Any:
    torch.manual_seed(5)
    config_class = getattr(transformers, "Gemma3TextConfig" if name == "Gemma3" else f"{name}Config")
    config = config_class(**SIZES, **MODELS[name])
    return getattr(transformers, f"{name}ForCausalLM")(config).eval()


def plain(model: Any, opening: list[int], steps: int) -> list[int]:
    ids = [*TRUNK, *opening]
    for _ in range(steps):
        ids.append(int(model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].argmax()))
    return ids[len(TRUNK) + len(opening) :]


def grown(tree: Tree, model: Any, openings: list[list[int]], steps: int) -> list[list[int]]:
    branches = [tree.branch() for _ in openings]
    following = openings
    found: list[list[int]] = [[] for _ in openings]
    for _ in range(steps):
        hidden = tree.feed(list(zip(branches, following, strict=True)))
        following = [[int(trees.scores(model, states[-1:]).argmax())] for states in hidden]
        for branch, tokens in zip(found, following, strict=True):
            branch += tokens
    return found


@pytest.mark.parametrize("name", MODELS)
@torch.inference_mode()
def test_all_fields_in_one_tree_equal_one_after_the_other(name: str) -> None:
    model = network(name)
    tree = Tree(model)
    tree.read(TRUNK)
    expected = [plain(model, opening, 12) for opening in OPENINGS]
    assert grown(tree, model, OPENINGS, 12) == expected
    assert len({tuple(tokens) for tokens in expected}) > 1  # else a mask that shows everything would pass
    assert tree.forwards == 13
    tree.prune()
    assert grown(tree, model, OPENINGS[::-1], 12) == expected[::-1]


@pytest.mark.parametrize("name", MODELS)
def test_the_self_check_sees_a_wrong_mask(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = network(name)
    assert trees.fits(model, TRUNK, [[5, 6, 7, 8], [9, 10, 11, 12]])
    own = Tree._mask
    monkeypatch.setattr(Tree, "_mask", lambda self, seen: own(self, torch.ones_like(seen)))
    assert not trees.fits(model, TRUNK, [[5, 6, 7, 8], [9, 10, 11, 12]])


@pytest.mark.parametrize("name", ["Llama", "Gemma3"])
@torch.inference_mode()
def test_a_trunk_goes_on_from_what_is_the_same(name: str) -> None:
    model = network(name)
    tree = Tree(model)
    tree.read(TRUNK[:30])
    grown(tree, model, OPENINGS, 3)
    tree.read(TRUNK)
    assert tree.prefilled == len(TRUNK)
    copy = Tree(model)
    copy.grow_from(tree, 20)
    copy.read(TRUNK)
    assert copy.prefilled == len(TRUNK) - 20
    expected = [plain(model, opening, 6) for opening in OPENINGS]
    assert grown(tree, model, OPENINGS, 6) == expected
    assert grown(copy, model, OPENINGS, 6) == expected


@torch.inference_mode()
def test_a_forked_branch_goes_its_own_way() -> None:
    model = network("Qwen3")
    tree = Tree(model)
    tree.read(TRUNK)
    one = tree.branch()
    tree.feed([(one, [4, 9])])
    other = one.fork()
    states = tree.feed([(one, [20, 21]), (other, [30])])
    got = [int(trees.scores(model, hidden[-1:]).argmax()) for hidden in states]
    assert got == [plain(model, [4, 9, 20, 21], 1)[0], plain(model, [4, 9, 30], 1)[0]]
