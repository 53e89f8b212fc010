"""Train the encoder: `python -m extractors.training.encoder`, with torch, by `make train-encoder`.

Reads the labelled sets (sets.py) and fine-tunes the packaged encoder (packaged.py): once for each
of five folds, without what that fold is scored on, to build/reader/fold0.onnx and so on; then on
all labels, to extractors/reading/weights/reader.onnx. `--fold` or `--all` makes only those. Each
file says in its metadata which labels it saw, and the scores. Prints how far it is every half
minute. Killed, it goes on after the last whole epoch when run again.
"""

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch

from extractors.extract import Extractor
from extractors.reading.reader import WEIGHTS, Reader
from extractors.training import packaged, scores
from extractors.training.checkpoint import Checkpoint
from extractors.training.export import exported, metadata_of, with_metadata
from extractors.training.fit import fit, pairs_of
from extractors.training.network import ReaderNetwork
from extractors.training.progress import Progress, say
from extractors.training.samples import Sample, digest_of, read_samples
from extractors.training.sets import FOLDS, apart, read_sets
from extractors.training.templates import generate, templates
from extractors.training.vary import vary
from extractors.training.vocabulary import kept_pieces

SEED, THREADS = 1, 2
# Folds are for the combination and for scores: with as many epochs, five would take two hours.
FOLD_EPOCHS, ALL_EPOCHS = 3, 5
# How often each of our templates is filled.
EACH_TEMPLATE, TEMPLATE_SEED = 2, 5
FOLDER = Path("build/reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One encoder to make: what it trains on, what it is scored on, where it goes."""

    name: str
    target: Path
    epochs: int
    trains: list[Sample]
    scored: list[Sample]

    @property
    def passes(self) -> int:
        """How many samples training sees, each as often as it does."""
        return self.epochs * (len(self.trains) + pairs_of(self.trains))

    @property
    def key(self) -> str:
        """What this training is: a checkpoint of another one is not gone on with."""
        return f"{digest_of(self.trains)} {self.epochs} epochs, seed {SEED}"


def samples_of(more: Sequence[Path] = (), limit: int | None = None) -> list[Sample]:
    """The sentences of all labelled sets and of our templates; `limit`: of some records of each."""
    extractor = Extractor(gate=False)
    found = [
        sample
        for labelled in read_sets(more)
        for sample in read_samples(labelled.records[:limit], extractor, labelled.name)
    ]
    filled = generate(limit or EACH_TEMPLATE * len(templates()), TEMPLATE_SEED)
    return [*found, *read_samples(filled, extractor, "templates")]


def jobs(
    samples: Sequence[Sample],
    folds: Sequence[int],
    whole: bool,
    epochs: int | None,
    out: Path | None,
) -> Iterator[Job]:
    """The encoders to make, that of all labels last. `out` takes the place of both folders."""
    items = [(s.set_name, s.group, s.context.text, s) for s in samples]
    for fold in folds:
        trains, scored = apart(items, fold)
        yield Job(
            name=f"fold {fold}",
            target=(out or FOLDER) / f"fold{fold}.onnx",
            epochs=epochs or FOLD_EPOCHS,
            trains=trains,
            scored=scored,
        )
    if whole:
        yield Job(
            name="all labels",
            target=(out or Path(__file__).parents[1] / "reading" / "weights") / WEIGHTS,
            epochs=epochs or ALL_EPOCHS,
            trains=list(samples),
            scored=[],
        )


def make(job: Job, folder: Path, progress: Progress) -> bytes:
    """The encoder of a job as it ships, without metadata. `folder` holds the packaged encoder."""
    torch.manual_seed(SEED)
    net = ReaderNetwork(folder, kept_pieces(folder))
    checkpoint = Checkpoint(job.target.with_suffix(".checkpoint"), job.key)
    held = checkpoint.read()
    progress.begin(job.name)
    if held:
        progress.skip(held["epochs"] * job.passes // job.epochs)
        say(f"{job.name}: {held['epochs']} of {job.epochs} epochs are done, going on")
    fit(
        net,
        job.trains,
        epochs=job.epochs,
        seed=SEED,
        vary=vary,
        told=progress,
        checkpoint=checkpoint,
    )
    return exported(net)


def left_out(job: Job, model: bytes) -> dict[str, scores.Score]:
    """The scores of what a fold left out, read by the file that ships."""
    readings = Reader(model).read([s.context for s in job.scored])
    return scores.by_set(job.scored, readings)


def of_folds(folder: Path, drawn: str) -> dict[str, scores.Score]:
    """The scores of all folds together, of those that lie in a folder and know the same labels."""
    found = []
    for fold in range(FOLDS):
        path = folder / f"fold{fold}.onnx"
        said = metadata_of(path) if path.is_file() else {}
        if said.get("drawn_from") == drawn:
            found.append(scores.from_plain(cast("dict[str, Any]", said["scores"])))
        else:
            say(f"{path}: not there, or trained on other labels; the scores leave it out")
    return scores.added(found)


def metadata(job: Job, drawn: str, found: dict[str, scores.Score]) -> dict[str, object]:
    """What is to be known of the encoder of a job. `drawn`: the digest of all labels."""
    return {
        "labels": digest_of(job.trains),
        "drawn_from": drawn,
        "sentences": dict(Counter(s.set_name for s in job.trains)),
        "events": sum(len(s.events) for s in job.trains),
        "scores": scores.plain(found),
        "base": packaged.NAME,
        "base_sha256": packaged.DIGESTS[packaged.WEIGHTS],
        "base_licence": packaged.LICENCE,
        "epochs": job.epochs,
        "seed": SEED,
    }


def run(todo: Sequence[Job], folder: Path, drawn: str, out: Path | None) -> None:
    """Make, score and write each."""
    progress = Progress(sum(job.passes for job in todo), say)
    for job in todo:
        say(f"{job.name}: {len(job.trains):,} sentences, {job.epochs} epochs")
        model = make(job, folder, progress)
        found = left_out(job, model) if job.scored else of_folds(out or FOLDER, drawn)
        said = metadata(job, drawn, found)
        data = with_metadata(model, said)
        job.target.parent.mkdir(parents=True, exist_ok=True)
        job.target.write_bytes(data)
        Checkpoint(job.target.with_suffix(".checkpoint"), job.key).drop()
        say(f"wrote {job.target.name}: {len(data):,} bytes, labels {said['labels']}")
        say("\n".join([scores.HEADER, *(one.row(name) for name, one in found.items())]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("more", nargs="*", type=Path, help="more labelled files to train on")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), action="append", help="only this")
    parser.add_argument("--all", action="store_true", help="only the encoder of all labels")
    parser.add_argument("--epochs", type=int, help=f"{FOLD_EPOCHS} for folds, else {ALL_EPOCHS}")
    parser.add_argument("--weights", type=Path, help="the folder of the packaged encoder")
    parser.add_argument("--out", type=Path, help="write all files into this folder")
    parser.add_argument("--limit", type=int, help="use the first records of each set (a trial)")
    a = parser.parse_args(arguments)
    if a.limit and not a.out:
        parser.error("--limit makes encoders that must not ship: name a folder with --out")
    everything = not a.fold and not a.all
    folder = packaged.packaged_encoder(a.weights)
    torch.set_num_threads(THREADS)
    samples = samples_of(a.more, a.limit)
    drawn = digest_of(samples)
    say(f"{len(samples):,} labelled sentences, digest {drawn}")
    folds = range(FOLDS) if everything else a.fold or ()
    run(list(jobs(samples, folds, a.all or everything, a.epochs, a.out)), folder, drawn, a.out)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
