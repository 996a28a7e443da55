"""What a model reads from memory to write one token: its active weights, and its past."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.engine.messages import CACHE_VALUE_BYTES, LoadSettings
from models.library import mlx_folder
from models.library.dimensions import Dimensions
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.weights import Weight, weights_of

# Tables of which a token takes one row. The first is read whole where it is the output as well.
EMBEDDINGS = ("token_embd.weight", "model.embed_tokens.weight", "embed_tokens.weight",
              "language_model.model.embed_tokens.weight")  # fmt: skip
ROWS_ONLY = re.compile(r"per_layer_token_embd|embed_tokens_per_layer|position_embd|token_types")
OUTPUTS = re.compile(r"(^|\.)(output|lm_head)\.weight$")
EXPERTS = re.compile(r"_exps\.|\.switch_mlp\.|\.experts\.")


@dataclass(frozen=True)
class Traffic:
    """Bytes of the weights: `read_bytes` for each token, `rows_bytes` of tables from which a token
    takes a row, `resting_bytes` of experts that are not asked. `experts` are (asked, all), None for
    a model without. `is_rough`: some type is unknown, so that its bytes are not counted."""

    name: str
    read_bytes: int
    rows_bytes: int = 0
    resting_bytes: int = 0
    experts: tuple[int, int] | None = None
    sizes: Dimensions | None = None
    settings: LoadSettings = field(default_factory=LoadSettings)
    quantization: str = ""
    is_rough: bool = False

    def past_bytes(self, depth: int) -> int:
        """Attention cache that is read where `depth` tokens lie behind: Σ over layers of tokens ×
        heads × (key + value). A sliding window reads a window; a recurrent state is read whole."""
        if self.sizes is None:
            return 0
        sizes, types = self.sizes, (self.settings.type_k, self.settings.type_v)
        key, value = (CACHE_VALUE_BYTES[each] for each in types)
        per_head = sizes.key_length * key + sizes.value_length * value
        heads = sum(
            (min(depth, window) if window else depth) * count
            for count, window in zip(sizes.kv_heads, sizes.windows, strict=True)
        )
        return int(heads * per_head) + sizes.state_bytes

    def bytes_at(self, depth: int) -> int:
        return self.read_bytes + self.past_bytes(depth)

    def limit(self, bytes_per_s: float, depth: int) -> float:
        """Tokens a second that no program can exceed: bandwidth / bytes read for a token. It holds
        for one conversation; several that are written together share the reading."""
        return bytes_per_s / max(1, self.bytes_at(depth))


def traffic_of(entry: ModelEntry, settings: LoadSettings) -> Traffic:
    """From the tables of the files. Raises UserError when one cannot be read."""
    return traffic(
        entry.name, weights_of(entry), experts_of(entry), entry.dimensions, settings,
        entry.quantization,
    )  # fmt: skip


def traffic(
    name: str, weights: Sequence[Weight], experts: tuple[int, int] | None,
    sizes: Dimensions | None, settings: LoadSettings, quantization: str = "",
) -> Traffic:  # fmt: skip
    """All dense weights, the asked share of experts, and no table of which only rows are taken."""
    is_tied = not any(OUTPUTS.search(weight.name) for weight in weights)
    share = experts[0] / experts[1] if experts else 1.0
    read = rows = resting = 0.0
    for weight in weights:
        size = weight.size_bytes or 0
        if ROWS_ONLY.search(weight.name) or (weight.name in EMBEDDINGS and not is_tied):
            rows += size
        elif EXPERTS.search(weight.name):
            read += size * share
            resting += size * (1 - share)
        else:
            read += size
    rough = any(weight.size_bytes is None for weight in weights)
    return Traffic(
        name, round(read), round(rows), round(resting), experts, sizes, settings, quantization,
        rough,
    )  # fmt: skip


def experts_of(entry: ModelEntry) -> tuple[int, int] | None:
    """(asked for a token, all), None where the model has none or does not say."""
    if entry.format == "mlx":
        config = mlx_folder.read_config(entry.path)
        inner = config.get("text_config")
        told = {**config, **(inner if isinstance(inner, dict) else {})}
        names = ("num_experts", "num_local_experts", "n_routed_experts")
        return _pair(
            told.get("num_experts_per_tok"), next((told[n] for n in names if n in told), 0)
        )
    header = read_header(entry.files[0])
    kind = header.architecture
    return _pair(header.number(f"{kind}.expert_used_count"), header.number(f"{kind}.expert_count"))


def _pair(used: object, count: object) -> tuple[int, int] | None:
    if isinstance(used, int) and isinstance(count, int) and 0 < used < count:
        return used, count
    return None
