"""Content that was damaged on the disk, and data that is logged again."""

from pathlib import Path

import pytest

import fingerpost


def flip_a_byte_of(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 4] ^= 0xFF
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("size_bytes", "where"), [(4_000, "packs/*/*"), (3 << 20, "blobs/*/*")], ids=["packed", "alone"]
)
def test_logging_the_same_data_again_heals_damage_that_a_read_found(
    tmp_path: Path, size_bytes: int, where: str
) -> None:
    store = tmp_path / "store"
    Path("data.bin").write_bytes(bytes(range(250)) * (size_bytes // 250))

    def log() -> fingerpost.Artifact:
        with fingerpost.init(entity="team", project="p", store=store) as run:
            artifact = fingerpost.Artifact("data", "dataset")
            artifact.add_file("data.bin")
            return run.log_artifact(artifact)

    first = log()
    flip_a_byte_of(store / "content", where)
    with pytest.raises(fingerpost.errors.IntegrityError):
        first.download(tmp_path / "damaged")
    assert log().version == "v0"
    assert Path(first.download(tmp_path / "healed"), "data.bin").read_bytes() == (
        Path("data.bin").read_bytes()
    )
