"""The reader as a torch module: a BERT encoder and heads for sentence, trigger, step and roles.

Roles are scored by a bilinear form between trigger and piece (Dozat and Manning 2017, "Deep
biaffine attention for neural dependency parsing"), so that two events of one sentence have their
own arguments.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from extractors.reading.inputs import EXITS, KINDS, NAMES, WRITINGS
from extractors.reading.labels import FACTUALITIES, ROLES, STATUSES, TIME_FRAMES, TYPES
from models.errors import ConfigError

ROLE_WIDTH = 48
# The layers after which training asks for a glance; inputs.EXITS are those that are shipped.
EARLY = (1, 2, 3)
STEPS = len(STATUSES) + len(FACTUALITIES) + len(TIME_FRAMES)


class ReaderNetwork(nn.Module):
    """ids, kinds, mask (rows, pieces) -> the outputs that `reader.py` decodes.

    sentence (rows, 1 + types): logits that there is an event at all, and one of each type.
    trigger (rows, pieces, 1 + types): logits that a piece is no trigger, or one of each type.
    step (rows, pieces, statuses + factualities + time frames): logits if the piece is the trigger.
    query (rows, pieces, width), key (rows, pieces, roles * width), bias (rows, pieces, roles): the
    logit that piece j has role r for trigger i is query[i] . key[j, r] / sqrt(width) + bias[j, r].

    A seventh, glance (rows, layers), is the logit that there is an event, after each of EARLY.

    `folder` holds the packaged encoder; `kept[i]` is its row for piece i of our tokenizer. Raises
    ConfigError where the folder lacks weights.
    """

    def __init__(self, folder: Path, kept: list[int]) -> None:
        super().__init__()
        config = BertConfig.from_json_file(folder / "config.json")
        # On a processor the fused kernel is a third slower, its dropout most of all.
        config._attn_implementation = "eager"
        config.attention_probs_dropout_prob = 0.0
        self.bert = BertModel(config, add_pooling_layer=False)
        weights = {
            k.removeprefix("bert."): v for k, v in load_file(folder / "model.safetensors").items()
        }
        absent = self.bert.load_state_dict(weights, strict=False).missing_keys
        if absent:
            raise ConfigError(f"{folder}: no weights for {', '.join(absent)}")
        words = self.bert.embeddings.word_embeddings.weight.data[kept]
        self.bert.embeddings.word_embeddings = nn.Embedding.from_pretrained(
            words, freeze=False, padding_idx=0
        )
        segments = self.bert.embeddings.token_type_embeddings.weight.data
        kinds = nn.Embedding(KINDS, config.hidden_size)
        kinds.weight.data = segments.repeat_interleave(WRITINGS * NAMES, 0).clone()
        kinds.weight.data += 0.02 * torch.randn_like(kinds.weight)
        self.bert.embeddings.token_type_embeddings = kinds
        h = config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.sentence = nn.Linear(2 * h, 1 + len(TYPES))
        self.glances = nn.ModuleList(nn.Linear(2 * h, 1) for _ in EARLY)
        self.trigger = nn.Linear(h, 1 + len(TYPES))
        self.step = nn.Sequential(
            nn.Linear(2 * h, h), nn.GELU(), nn.Dropout(0.1), nn.Linear(h, STEPS)
        )
        self.query = nn.Linear(h, ROLE_WIDTH)
        self.key = nn.Linear(h, len(ROLES) * ROLE_WIDTH)
        self.bias = nn.Linear(h, len(ROLES))
        self.bias.bias.data.fill_(-2.0)

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        outputs, glances = self.with_glances(ids, kinds, mask)
        return (*outputs, torch.cat(glances, -1))

    def with_glances(
        self, ids: Tensor, kinds: Tensor, mask: Tensor
    ) -> tuple[tuple[Tensor, ...], list[Tensor]]:
        """The six outputs, and a glance (rows, 1) after each of EARLY that hangs on no later."""
        layers = self.bert(
            input_ids=ids,
            token_type_ids=kinds,
            attention_mask=mask,
            output_hidden_states=True,
        ).hidden_states
        text = ((kinds < WRITINGS * NAMES) & (mask > 0)).unsqueeze(-1)
        glances = [
            head(_of_sentence(layers[layer], text))
            for head, layer in zip(self.glances, EARLY, strict=True)
        ]
        states = self.dropout(layers[-1])
        step = self.step(torch.cat([states, states[:, :1].expand_as(states)], -1))
        outputs = (
            self.sentence(_of_sentence(states, text)),
            self.trigger(states),
            step,
            self.query(states),
            self.key(states),
            self.bias(states),
        )
        return outputs, glances


def _of_sentence(states: Tensor, text: Tensor) -> Tensor:
    """The first piece's state and the highest of each element over the text, side by side."""
    return torch.cat([states[:, 0], states.masked_fill(~text, -1e4).amax(1)], -1)


class WithGlances(nn.Module):
    """The network with the glances that may end a reading as outputs of their own."""

    def __init__(self, net: ReaderNetwork) -> None:
        super().__init__()
        self.net = net

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        outputs, glances = self.net.with_glances(ids, kinds, mask)
        return (*outputs, *(glances[EARLY.index(layer)][:, 0] for layer in EXITS))
