"""Errors name a version with its entity and project, or its registry: one can paste the name."""

from datetime import timedelta

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors

SOURCE = "team/p/bikes"
ZOO = "default/wandb-registry-Model/Zoo"


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store", actor="alice") as opened:
        Api(opened, "alice").create_registry("Free")
        with fingerpost.init("team", "p", store=opened, actor="alice") as run:
            run.link_artifact(Artifact("bikes", "model"), "registry/Model/Zoo", ["production"])
            run.log_artifact(Artifact("rides", "dataset"))
        yield opened


@pytest.fixture
def api(store):
    return Api(store, "alice", entity="team", project="p")


def log_another_type(api, store):
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        run.log_artifact(Artifact("bikes", "dataset"))


def link_another_type(api, store):
    api.artifact("bikes").link("registry/Free/mixed")
    api.artifact("rides").link("registry/Free/mixed")


def delete_with_aliases(api, store):
    api.artifact("rides").delete()


def delete_what_a_link_with_aliases_points_at(api, store):
    api.artifact("bikes").delete()


def delete_what_is_protected(api, store):
    api.registry("Model").add_protected_alias("production")
    api.artifact("bikes").delete(delete_aliases=True)


def keep_what_is_linked_for_a_day(api, store):
    artifact = api.artifact("bikes")
    artifact.ttl = timedelta(days=1)
    artifact.save()


def log_again_what_is_linked_for_a_day(api, store):
    draft = Artifact("bikes", "model")
    draft.ttl = timedelta(days=1)
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        run.log_artifact(draft)


def delete_the_collection(api, store):
    api.collection("bikes").delete()


def save_what_was_deleted(api, store):
    artifact = api.artifact("rides")
    api.artifact("rides").delete(delete_aliases=True)
    artifact.description = "late"
    artifact.save()


def link_what_was_deleted(api, store):
    artifact = api.artifact("rides")
    api.artifact("rides").delete(delete_aliases=True)
    artifact.link("registry/Free/rides")


def unlink_twice(api, store):
    links = [api.artifact("registry/Model/Zoo") for _ in range(2)]
    for link in links:
        link.unlink()


def use_what_was_deleted(api, store):
    artifact = api.artifact("rides")
    api.artifact("rides").delete(delete_aliases=True)
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        run.use_artifact(artifact)


SAID = {
    log_another_type: (errors.TypeMismatchError, f"collection '{SOURCE}' holds"),
    link_another_type: (errors.TypeMismatchError, "'default/wandb-registry-Free/mixed' holds"),
    delete_with_aliases: (errors.VersionHasAliasesError, "'team/p/rides:v0' has the aliases"),
    delete_what_a_link_with_aliases_points_at: (
        errors.VersionHasAliasesError,
        f"'{ZOO}:v0' has the aliases 'production'",
    ),
    delete_what_is_protected: (errors.ProtectedVersionError, f"'{ZOO}:v0' holds the protected"),
    keep_what_is_linked_for_a_day: (errors.LinkedVersionError, f"'{SOURCE}:v0' is linked"),
    log_again_what_is_linked_for_a_day: (errors.LinkedVersionError, f"'{SOURCE}:v0' is linked"),
    delete_the_collection: (errors.CollectionLinkedError, f"versions of '{SOURCE}' are linked"),
    save_what_was_deleted: (errors.VersionNotFoundError, "no version 'team/p/rides:v0'"),
    link_what_was_deleted: (errors.VersionNotFoundError, "no version 'team/p/rides:v0'"),
    unlink_twice: (errors.VersionNotFoundError, f"no link '{ZOO}:v0'"),
    use_what_was_deleted: (errors.VersionNotFoundError, "no version 'team/p/rides:v0'"),
}


@pytest.mark.parametrize("attempt", SAID, ids=lambda attempt: attempt.__name__)
def test_an_error_names_what_it_is_about_in_full(api, store, attempt):
    kind, said = SAID[attempt]
    with pytest.raises(kind) as caught:
        attempt(api, store)
    assert said in str(caught.value)
