"""Train a nearest-centroid classifier on the version of the iris data that is named."""  # noqa: INP001 - a script

import csv
import json
import math
import sys
from pathlib import Path

import fingerpost

Flower = tuple[list[float], str]
Centroids = dict[str, list[float]]


def main(data_path: str) -> None:
    """Use the data, train, measure, and log the model."""
    with fingerpost.init(job_type="train") as run:
        data = run.use_artifact(data_path, type="dataset")
        folder = Path(data.download())
        centroids = fit(flowers(folder / "train.csv"))
        accuracy = score(centroids, flowers(folder / "test.csv"))
        model = fingerpost.Artifact("iris-model", "model", metadata={"accuracy": accuracy})
        with model.new_file("centroids.json") as file:
            json.dump(centroids, file)
        run.log_artifact(model)
    print(f"{model.name} from {data.name}: accuracy {accuracy}")


def flowers(path: Path) -> list[Flower]:
    """Read measurements and species."""
    with path.open(encoding="utf-8", newline="") as file:
        return [([float(value) for value in row[:4]], row[4]) for row in csv.reader(file)]


def fit(known: list[Flower]) -> Centroids:
    """Return the mean measurements of each species."""
    species = sorted({name for _, name in known})
    return {name: _mean([sizes for sizes, of in known if of == name]) for name in species}


def score(centroids: Centroids, held_out: list[Flower]) -> float:
    """Return the share of flowers whose nearest centroid is that of their species."""
    right = sum(_nearest(centroids, sizes) == name for sizes, name in held_out)
    return round(right / len(held_out), 3)


def _mean(rows: list[list[float]]) -> list[float]:
    return [round(sum(column) / len(column), 4) for column in zip(*rows, strict=True)]


def _nearest(centroids: Centroids, sizes: list[float]) -> str:
    return min(centroids, key=lambda name: math.dist(centroids[name], sizes))


if __name__ == "__main__":
    main(sys.argv[1])
