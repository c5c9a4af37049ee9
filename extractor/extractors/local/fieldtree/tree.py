"""The field tree: many branches of one packed sequence over one cache of keys and values.

A trunk (instruction and document) is read once. Every field then grows a branch of its own behind it: all branches'
next tokens go through the model in one forward, under a 4-D mask that shows each token the trunk and its own branch
only, at the position it would have if its branch stood alone (tree attention, as in SpecInfer, Miao et al. 2023).
Nothing is copied or expanded for a branch. The windows of sliding attention are masks too, so every architecture of
transformers that takes a 4-D mask keeps its results; `deviation` measures that for a loaded model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

from extractor.core.cancellation import check

TOLERANCE = {torch.float32: 1e-3, torch.float16: 0.05, torch.bfloat16: 0.35}
"""The most that a branch's log-probabilities may differ from plain decoding, by number format."""


class BufferLayer(DynamicLayer):
    """Keys and values of one layer in a buffer that doubles, so that a step writes its own tokens and no others."""

    def update(self, key_states: Any, value_states: Any, *_args: Any, **_kwargs: Any) -> tuple[Any, Any]:
        """Append `[1, heads, tokens, width]` and return views of all."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._buffers = [key_states[:, :, :0], value_states[:, :, :0]]
        before = self.get_seq_length()
        after = before + key_states.shape[-2]
        if after > self._buffers[0].shape[-2]:
            self._buffers = [_grown(buffer, before, after + after // 4 + 64) for buffer in self._buffers]
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, before:after] = states
        self.truncate(after)
        return self.keys, self.values

    def truncate(self, length: int) -> None:
        """Forget the tokens from `length` on."""
        self.keys, self.values = (buffer[:, :, :length] for buffer in self._buffers)

    def start_with(self, other: BufferLayer, length: int) -> None:
        """Take a copy of the first `length` tokens of `other`."""
        assert other.keys is not None and other.values is not None
        self.update(other.keys[:, :, :length], other.values[:, :, :length])

    @property
    def buffer_bytes(self) -> int:
        return sum(buffer.nbytes for buffer in self._buffers) if self.is_initialized else 0


def _grown(buffer: Any, used: int, length: int) -> Any:
    larger = buffer.new_empty((*buffer.shape[:2], length, buffer.shape[-1]))
    larger[:, :, :used] = buffer[:, :, :used]
    return larger


@dataclass
class Branch:
    """`slots` are its tokens' places in the cache behind the trunk, `position` that of its next token."""

    slots: list[int]
    position: int

    def fork(self) -> Branch:
        """A branch that goes on from here by itself."""
        return Branch(list(self.slots), self.position)


class Tree:
    """One trunk and its branches. Not safe for several threads: the caller holds the model's lock.

    `forwards` and `tokens` count what went through the model, `prefilled` the tokens of trunks among them.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self.cache = Cache(layer_class_to_replicate=BufferLayer)
        self._layers: list[Any] = self.cache.layers
        self.ids: list[int] = []
        self.forwards = self.tokens = self.prefilled = 0
        config = network.config.get_text_config()
        self._window = getattr(config, "sliding_window", None)
        kinds = getattr(config, "layer_types", None) or ()
        # A model whose layers differ takes one mask a kind, the others one mask.
        self._kinds = tuple(dict.fromkeys(kinds)) if "sliding_attention" in kinds else ()
        self._one_window = not kinds or set(kinds) == {"sliding_attention"}
        self._positions: list[int] = []

    @property
    def memory_bytes(self) -> int:
        """The bytes of the cache."""
        return sum(layer.buffer_bytes for layer in self._layers)

    def read(self, ids: Sequence[int]) -> Any:
        """Make `ids` the trunk, from the first token on that differs from the trunk there is.

        Returns the hidden state of its last token, `[width]`.
        """
        same = min(common(self.ids, ids), len(ids) - 1)
        self._truncate(same)
        hidden = self._forward(ids[same:], range(same, len(ids)), None)
        self.prefilled += len(ids) - same
        self.ids, self._positions = list(ids), []
        return hidden[-1]

    def grow_from(self, other: Tree, length: int) -> None:
        """Take a copy of the first `length` tokens of another trunk, instead of reading them."""
        other.prune()
        for index, layer in enumerate(other._layers):
            if index >= len(self._layers):
                self._layers.append(BufferLayer())  # type: ignore[no-untyped-call]
            self._layers[index].start_with(layer, length)
        self.ids = other.ids[:length]

    def branch(self) -> Branch:
        """A new, empty branch behind the trunk."""
        return Branch([], len(self.ids))

    def feed(self, branches: Sequence[tuple[Branch, Sequence[int]]]) -> list[Any]:
        """Append tokens to branches, all in one forward. By branch the hidden states, `[its tokens, width]`.

        Raises StoppedError when cancelled.
        """
        check()
        trunk = len(self.ids)
        first = trunk + len(self._positions)
        flat = [token for _, tokens in branches for token in tokens]
        seen = torch.zeros((len(flat), first - trunk + len(flat)), dtype=torch.bool)
        positions: list[int] = []
        row = 0
        for branch, tokens in branches:
            seen[row : row + len(tokens), torch.tensor(branch.slots, dtype=torch.long) - trunk] = True
            own = slice(first - trunk + row, first - trunk + row + len(tokens))
            seen[row : row + len(tokens), own] = torch.ones(len(tokens), len(tokens)).tril().bool()
            branch.slots += range(first + row, first + row + len(tokens))
            positions += range(branch.position, branch.position + len(tokens))
            branch.position += len(tokens)
            row += len(tokens)
        self._positions += positions
        seen = torch.cat([torch.ones((len(flat), trunk), dtype=torch.bool), seen], 1)
        hidden = self._forward(flat, positions, self._masks(seen, positions))
        return list(hidden.split([len(tokens) for _, tokens in branches]))

    def prune(self) -> None:
        """Forget all branches; the trunk stays."""
        self._truncate(len(self.ids))

    def _truncate(self, length: int) -> None:
        for layer in self._layers:
            if layer.is_initialized:
                layer.truncate(length)
        self._positions = []

    def _masks(self, seen: Any, positions: Sequence[int]) -> Any:
        """The mask(s) for `seen`, `[new tokens, all tokens]`: 0 where seen, else the lowest number."""
        full = self._mask(seen)
        if self._window is None:
            return full
        keys = torch.tensor([*range(len(self.ids)), *self._positions])
        near = torch.tensor(positions)[:, None] - keys[None] < self._window
        sliding = self._mask(seen & near)
        if self._kinds:
            return {kind: sliding if kind == "sliding_attention" else full for kind in self._kinds}
        return sliding if self._one_window else full

    def _mask(self, seen: Any) -> Any:
        dtype = self._network.dtype
        mask = torch.zeros(seen.shape, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)
        return mask[None, None].to(self._network.device)

    def _forward(self, tokens: Sequence[int], positions: Sequence[int], mask: Any) -> Any:
        device = self._network.device
        output = self._network.base_model(
            input_ids=torch.tensor([list(tokens)], device=device),
            position_ids=torch.tensor([list(positions)], device=device),
            attention_mask=mask,
            cache=self.cache,
            use_cache=True,
        )
        self.forwards += 1
        self.tokens += len(tokens)
        return output.last_hidden_state[0]


def common(tokens: Sequence[int], other: Sequence[int]) -> int:
    """How many first tokens are the same."""
    return next(
        (at for at, (a, b) in enumerate(zip(tokens, other, strict=False)) if a != b), min(len(tokens), len(other))
    )


def scores(network: Any, hidden: Any) -> Any:
    """Log-probabilities `[tokens, vocabulary]` of what follows hidden states `[tokens, width]`."""
    logits = network.get_output_embeddings()(hidden).float()
    cap = getattr(network.config.get_text_config(), "final_logit_softcapping", None)
    if cap:
        logits = torch.tanh(logits / cap) * cap
    return torch.log_softmax(logits, -1)


def deviation(network: Any, trunk: Sequence[int], branches: Sequence[Sequence[int]]) -> float:
    """The largest difference in log-probability between `branches` fed as a tree and each decoded plainly."""
    with torch.inference_mode():
        tree = Tree(network)
        tree.read(trunk)
        grown = [(tree.branch(), tokens) for tokens in branches]
        half = [(branch, tokens[: len(tokens) // 2 or 1]) for branch, tokens in grown]
        rest = [(branch, tokens[len(tokens) // 2 or 1 :]) for branch, tokens in grown]
        parts = [tree.feed(half), tree.feed(rest)]
        worst = 0.0
        for index, tokens in enumerate(branches):
            packed = scores(network, torch.cat([part[index] for part in parts]))
            ids = torch.tensor([[*trunk, *tokens]], device=network.device)
            plain = torch.log_softmax(network(input_ids=ids, use_cache=False).logits[0, len(trunk) :].float(), -1)
            # Only what can be chosen: far down the tail number formats differ and nothing depends on it.
            top = plain.topk(5, -1).indices
            worst = max(worst, float((packed.gather(-1, top) - plain.gather(-1, top)).abs().max()))
    return worst


def fits(network: Any, trunk: Sequence[int], branches: Sequence[Sequence[int]]) -> bool:
    """Whether this model may be read as a tree: its branches say what plain decoding says."""
    try:
        return deviation(network, trunk, branches) <= TOLERANCE.get(network.dtype, 0.05)
    except (TypeError, ValueError, AttributeError, RuntimeError, IndexError, KeyError, NotImplementedError):
        return False  # an architecture without this kind of cache or mask
