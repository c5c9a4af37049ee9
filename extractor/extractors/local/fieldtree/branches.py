"""How a field grows its branch: one generator a field, all of them fed together, step by step.

A generator yields the tokens that it wants to append to its branch and gets the hidden states of these tokens.
`grow` feeds what all generators ask for in one forward, so a step costs about the same for one field as for twenty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from extractor.extractors.local.fieldtree.token_constraints import Path, Place
from extractor.extractors.local.fieldtree.tree import Branch, Tree, scores

AHEAD = 12
"""Tokens fed at once where one way is left: each is checked in the same forward."""

Step = Generator[list[int], Any, "Found"]


@dataclass(frozen=True)
class Found:
    """A place and the probability (0 to 1) of every choice on the way to it, over what was allowed there."""

    span: Place
    chance: float


class Head:
    """The output layer cut to the tokens that can occur: a few hundred rows instead of the vocabulary."""

    def __init__(self, network: Any, ids: Iterable[int]) -> None:
        self._network = network
        kept = sorted(set(ids))
        self._rows = {token: row for row, token in enumerate(kept)}
        layer = network.get_output_embeddings()
        index = torch.tensor(kept, device=layer.weight.device)
        self._weight = layer.weight[index]
        bias = getattr(layer, "bias", None)
        self._bias = None if bias is None else bias[index]
        self._cap = getattr(network.config.get_text_config(), "final_logit_softcapping", None)

    def logits(self, hidden: Any) -> list[list[float]]:
        """`[tokens][kept ids]` of hidden states `[tokens, width]`."""
        logits = torch.nn.functional.linear(hidden, self._weight, self._bias).float()
        if self._cap:
            logits = torch.tanh(logits / self._cap) * self._cap
        return logits.tolist()

    def best(self, logits: Sequence[float], tokens: Iterable[int]) -> float:
        """The logarithm of what `tokens` have together; minus infinity for none."""
        known = [logits[self._rows[token]] for token in tokens if token in self._rows]
        return _log_sum(known)


def _log_sum(values: Sequence[float]) -> float:
    if not values:
        return -math.inf
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))


def choose(head: Head, branch: Branch, hidden: Any, paths: Sequence[Path], ends: Sequence[int]) -> Step:
    """The likeliest of `paths`, greedily; `hidden` is the state they begin at, `[1, width]`, `ends` end a value.

    The branch stands right behind the value afterwards.
    """
    rows = head.logits(hidden)
    at, chance = 0, 1.0
    left = list(paths)
    while True:
        for offset, logits in enumerate(rows):
            ended, following = _ways(left, at)
            ranked = {token: head.best(logits, [token]) for token in following}
            ending = head.best(logits, ends) if ended else -math.inf
            whole = _log_sum([*ranked.values(), ending])
            token = max(ranked, key=ranked.__getitem__) if ranked else None
            if token is None or ending >= ranked[token]:
                assert ended is not None
                cut(branch, len(rows) - 1 - offset)
                return Found(ended, chance * (math.exp(ending - whole) if ranked else 1.0))
            chance *= math.exp(ranked[token] - whole)
            left = [path for path in left if path.token(at) == token]
            at += 1
        rows = head.logits((yield _run(left, at - 1)))


def _ways(left: Sequence[Path], at: int) -> tuple[Place | None, set[int]]:
    """What the first of `left` that may end here says, and the tokens with which they go on."""
    ended = next((span for path in left if (span := path.ended(at)) is not None), None)
    return ended, {token for path in left if (token := path.token(at)) is not None}


def _run(left: Sequence[Path], at: int) -> list[int]:
    """The token chosen last (`at`), and what must follow if the value goes on: nothing else is left to choose."""
    run: list[int] = []
    while len(run) < AHEAD:
        following = {path.token(at + len(run)) for path in left}
        if len(following) != 1 or (token := following.pop()) is None:
            break
        run.append(token)
    return run


def cut(branch: Branch, tokens: int) -> None:
    """Take the last tokens off a branch."""
    if tokens:
        del branch.slots[-tokens:]
        branch.position -= tokens


def grow(
    tree: Tree, steps: Mapping[str, tuple[Branch, Generator[list[int], Any, Any]]], decided: Callable[[str, Any], None]
) -> None:
    """Run all generators to their end; `decided(key, result)` is called as each is done."""
    waiting = dict(steps)
    states: dict[str, Any] = dict.fromkeys(waiting)
    while waiting:
        wanted: dict[str, list[int]] = {}
        for key, (_, step) in list(waiting.items()):
            try:
                wanted[key] = step.send(states[key])
            except StopIteration as end:
                del waiting[key]
                decided(key, end.value)
        if wanted:
            hidden = tree.feed([(waiting[key][0], tokens) for key, tokens in wanted.items()])
            states = dict(zip(wanted, hidden, strict=True))


def write(network: Any, hidden: Any, ends: Sequence[int], most: int) -> Generator[list[int], Any, list[int]]:
    """Free text from the state `hidden` on, greedily over the whole vocabulary, up to `most` tokens."""
    written: list[int] = []
    while len(written) < most:
        token = int(scores(network, hidden[-1:]).argmax())
        if token in ends:
            break
        written.append(token)
        hidden = yield [token]
    return written
