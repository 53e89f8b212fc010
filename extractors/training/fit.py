"""Fit the reader to samples: the losses, the batches and the schedule.

Several tasks share one encoder and their losses are added up (Caruana 1997, "Multitask learning").
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from extractors.reading.inputs import STATE, TEXT, padded
from extractors.reading.labels import FACTUALITIES, ROLES, STATUSES, TIME_FRAMES, TYPES
from extractors.training.checkpoint import Checkpoint
from extractors.training.join import joined
from extractors.training.network import ROLE_WIDTH, ReaderNetwork
from extractors.training.samples import EventSample, Sample

BATCH = 24
# How many joined pairs are seen in an epoch, as a share of the samples.
JOINED = 0.12
# What the early glances count beside the sentence itself.
GLANCE_SHARE = 0.3
RATE, HEAD_RATE = 1.5e-4, 1e-3


def fit(
    net: ReaderNetwork,
    samples: Sequence[Sample],
    *,
    epochs: int,
    seed: int,
    vary: Callable[[Sample, random.Random], Sample] = lambda s, _: s,
    told: Callable[[int, float], object] = lambda _count, _loss: None,
    checkpoint: Checkpoint | None = None,
) -> None:
    """Train `net` in place. `vary` gives the form in which a sample is seen this time.

    `told` hears after each batch how many samples it had, and its loss. Where `checkpoint` holds
    epochs that are done, training goes on after them.
    """
    torch.manual_seed(seed)
    shuffle = random.Random(seed)  # noqa: S311 - repeatable on purpose
    inner = list(net.bert.parameters())
    heads = [p for n, p in net.named_parameters() if not n.startswith("bert.")]
    optimizer = torch.optim.AdamW(
        [{"params": inner, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    pairs = pairs_of(samples)
    steps = epochs * math.ceil((len(samples) + pairs) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: share_of_rate(n, steps))
    parts = {"network": net, "optimizer": optimizer, "schedule": schedule}
    done, state = checkpoint.restore(parts) if checkpoint else (0, None)
    if state is not None:
        shuffle.setstate(cast("Any", state))
    net.train()
    for epoch in range(done, epochs):
        seen = [vary(s, shuffle) for s in (*samples, *joined(samples, pairs, shuffle))]
        for batch in batches(seen, shuffle):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = net(*(torch.from_numpy(a) for a in padded([s.row for s in batch])))
            loss = loss_of(tuple(o.float() for o in outputs), batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            told(len(batch), loss.item())
        if checkpoint:
            checkpoint.keep(epoch + 1, parts, shuffle.getstate())
    net.eval()


def pairs_of(samples: Sequence[Sample]) -> int:
    """How many joined pairs an epoch sees beside the samples."""
    return int(JOINED * len(samples))


def share_of_rate(step: int, steps: int) -> float:
    """The share of the learning rate at a step: up for a tenth of all steps, then down to 0.02."""
    warm = steps // 10
    if step < warm:
        return (step + 1) / warm
    return max(0.02, (steps - step) / max(1, steps - warm))


def batches(samples: Sequence[Sample], shuffle: random.Random) -> Iterator[list[Sample]]:
    """Batches of like lengths, in random order."""
    order = sorted(samples, key=lambda s: len(s.row) + shuffle.uniform(-8, 8))
    parts = [list(order[i : i + BATCH]) for i in range(0, len(order), BATCH)]
    shuffle.shuffle(parts)
    yield from parts


def loss_of(outputs: tuple[Tensor, ...], batch: Sequence[Sample]) -> Tensor:
    """The sum of the losses of all heads over a batch."""
    sentence, trigger, step, query, key, bias, glance = outputs
    rows, width = trigger.shape[:2]
    has = torch.zeros(rows, 1 + len(TYPES))
    at = torch.full((rows, width), -100)
    weight = torch.ones(rows)
    for i, sample in enumerate(batch):
        text = sample.row.part == TEXT
        at[i, : len(text)][torch.from_numpy(text)] = 0
        if sample.events and all(e.unsure for e in sample.events):
            weight[i] = 0.5
        for e in sample.events:
            has[i, 0] = 1
            has[i, 1 + TYPES.index(e.type)] = 1
            at[i, torch.from_numpy(e.trigger)] = 1 + TYPES.index(e.type)
    by_row = F.binary_cross_entropy_with_logits(sentence, has, reduction="none")
    loss = (weight * (by_row[:, 0] + 0.25 * by_row[:, 1:].sum(1))).mean()
    at_once = has[:, :1].expand_as(glance)
    glances = F.binary_cross_entropy_with_logits(glance, at_once, reduction="none").mean(1)
    loss = loss + GLANCE_SHARE * (weight * glances).mean()
    triggers = F.cross_entropy(trigger.transpose(1, 2), at, ignore_index=-100, reduction="none")
    loss = loss + 0.25 * (weight * triggers.sum(1)).mean()
    pairs = [(i, e) for i, s in enumerate(batch) for e in s.events]
    if not pairs:
        return loss
    logits = torch.stack([step[i, torch.from_numpy(e.trigger)].mean(0) for i, e in pairs])
    s, f = len(STATUSES), len(FACTUALITIES)
    parts = (
        (logits[:, :s], [STATUSES.index(e.status) for _, e in pairs], 1.0),
        (logits[:, s : s + f], [FACTUALITIES.index(e.factuality) for _, e in pairs], 0.5),
        (logits[:, s + f :], [TIME_FRAMES.index(e.time_frame) for _, e in pairs], 0.5),
    )
    for said, labels, share in parts:
        loss = loss + share * F.cross_entropy(said, torch.tensor(labels), reduction="sum") / rows
    return loss + role_loss(query, key, bias, pairs, batch) / rows


def role_loss(
    query: Tensor,
    key: Tensor,
    bias: Tensor,
    pairs: list[tuple[int, EventSample]],
    batch: Sequence[Sample],
) -> Tensor:
    """Binary cross entropy of every piece and role of every event, summed over pieces."""
    width = key.shape[1]
    index = torch.tensor([i for i, _ in pairs])
    asks = torch.stack([query[i, torch.from_numpy(e.trigger)].mean(0) for i, e in pairs])
    keys = key[index].view(len(pairs), width, len(ROLES), ROLE_WIDTH)
    scores = torch.einsum("ed,ewrd->ewr", asks, keys) / ROLE_WIDTH**0.5 + bias[index]
    gold = torch.zeros_like(scores)
    counts = torch.zeros_like(scores)
    for n, (i, e) in enumerate(pairs):
        part = batch[i].row.part
        text = torch.from_numpy(np.flatnonzero(part == TEXT))
        around = torch.from_numpy(np.flatnonzero(part >= STATE))
        for role, pieces in e.roles.items():
            r = ROLES.index(role)
            counts[n, text, r] = 1.0
            if role in ("actor", "target"):
                counts[n, around, r] = 1.0
            gold[n, torch.from_numpy(pieces), r] = 1.0
    losses = F.binary_cross_entropy_with_logits(scores, gold, reduction="none")
    return 0.3 * (losses * counts).sum()
