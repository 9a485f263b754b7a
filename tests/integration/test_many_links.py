"""A version that is linked to very many registry collections."""

import pytest

import fingerpost
from fingerpost import Api, Artifact

MOST = 500
"""*Source*: W&B's class reference, ``linked_artifacts``."""


@pytest.mark.patient
def test_at_most_five_hundred_links_are_listed_oldest_first():
    with fingerpost.open_store("memory://") as store:
        with fingerpost.init("team", "p", store=store) as run:
            artifact = run.log_artifact(Artifact("m", "model"))
            for number in range(MOST + 1):
                artifact.link(f"wandb-registry-Model/c{number}")
        links = Api(store).artifact("team/p/m").linked_artifacts
        assert [link.name for link in links] == [f"c{number}:v0" for number in range(MOST)]
        assert links[0].linked_artifacts == []
