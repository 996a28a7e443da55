"""Where other tools keep their models; these places are only ever read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Root:
    """A place to look in. `layout` says how files are laid out there."""

    path: Path
    source: str
    layout: Literal["folder", "file", "hugging_face", "ollama"] = "folder"


def default_roots(home: Path, environ: Mapping[str, str], platform: str) -> tuple[Root, ...]:
    """Known places for this system; `platform` is `sys.platform`. None of them has to exist."""
    roots = [
        Root(hub_cache(home, environ), "Hugging Face", "hugging_face"),
        *_ollama(home, environ, platform),
        Root(home / ".lmstudio" / "models", "LM Studio"),
        Root(home / ".cache" / "lm-studio" / "models", "LM Studio"),
    ]
    data = _data_folder(home, environ, platform)
    roots += [Root(data / "Jan" / "data" / kind / "models", "Jan") for kind in ("llamacpp", "mlx")]
    local = _local_folder(home, environ, platform)
    roots.append(Root(local / "nomic.ai" / "GPT4All", "GPT4All"))
    roots.append(Root(_llama_cpp(home, environ, platform), "llama.cpp"))
    return tuple(roots)


def hub_cache(home: Path, environ: Mapping[str, str]) -> Path:
    """Where huggingface_hub keeps what it downloads."""
    if hub := environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(hub)
    if hf_home := environ.get("HF_HOME"):
        return Path(hf_home) / "hub"
    cache = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    return cache / "huggingface" / "hub"


def ollama_stores(home: Path, environ: Mapping[str, str], platform: str) -> tuple[Path, ...]:
    """The folders in which Ollama keeps what it pulled."""
    return tuple(root.path for root in _ollama(home, environ, platform))


def _ollama(home: Path, environ: Mapping[str, str], platform: str) -> list[Root]:
    if folder := environ.get("OLLAMA_MODELS"):
        return [Root(Path(folder), "Ollama", "ollama")]
    roots = [Root(home / ".ollama" / "models", "Ollama", "ollama")]
    if platform.startswith("linux"):  # the system service has a home of its own
        roots.append(Root(Path("/usr/share/ollama/.ollama/models"), "Ollama", "ollama"))
    return roots


def _llama_cpp(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if folder := environ.get("LLAMA_CACHE"):
        return Path(folder)
    if platform == "darwin":
        return home / "Library" / "Caches" / "llama.cpp"
    if platform == "win32":
        return _local_folder(home, environ, platform) / "llama.cpp"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "llama.cpp"


def _data_folder(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "darwin":
        return home / "Library" / "Application Support"
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")


def _local_folder(home: Path, environ: Mapping[str, str], platform: str) -> Path:
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    return _data_folder(home, environ, platform)
