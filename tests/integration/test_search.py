"""Searching and filtering a store, as its users do."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.adapters.read_tables.search import grams, words
from fingerpost.cli import main
from stores import on_sqlite, open_store

ZOO = "wandb-registry-Model/Zoo Models"


def draft(name="zoo", **said):
    artifact = fingerpost.Artifact(name, "model", **said)
    with artifact.new_file("weights") as file:
        file.write(repr(said))
    return artifact


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def api(store):
    """Three versions of ``zoo``, all linked; v1 is ``production-us``, the last link production."""
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        for number in range(3):
            said = {"accuracy": {"top1": 0.9 + number / 100}, "runs": [1, {"seed": number}]}
            artifact = draft(description=f"Überblick №{number}", metadata=said)
            aliases = ["production-us"] if number == 1 else []
            tags = ["prod"] if number == 0 else []
            logged = run.log_artifact(artifact, aliases=aliases, tags=tags)
            logged.link(ZOO, ["production"] if number == 2 else [])
    return fingerpost.Api(store, actor="alice")


def told(results):
    return [(each.kind, each.path, each.field, each.is_exact) for each in results]


def names(versions):
    return [version.name for version in versions]


LINK = "default/wandb-registry-Model/Zoo Models"


def test_what_is_named_just_so_comes_first_and_what_contains_it_follows(api):
    assert told(api.search("production")) == [
        ("version", f"{LINK}:v2", "alias", True),
        ("version", "team/p/zoo:v1", "alias", False),
    ]


def test_a_tag_is_found_at_the_version_and_at_its_link(api):
    exact = [each for each in told(api.search("prod")) if each[3]]
    assert exact == [
        ("version", f"{LINK}:v0", "tag", True),
        ("version", "team/p/zoo:v0", "tag", True),
    ]


@pytest.mark.parametrize(
    ("text", "kinds", "field", "number"),
    [
        ("ZOO MODELS", None, "name", 1),
        ("model", "registry", "name", 1),
        ("zoo", "collection", "name", 2),
        ("uberblick", None, "description", 6),
        ("BLICK №2", None, "description", 2),
        ("top1", None, "metadata.accuracy", 6),
        ("0.92", None, "metadata.accuracy", 2),
        ("seed", ["version"], "metadata.runs", 6),
        ("us", "version", "alias", 1),
        ("zoo nothing", None, None, 0),
    ],
)
def test_names_descriptions_and_metadata_are_searched(api, text, kinds, field, number):
    found = api.search(text, kinds=kinds)
    assert len(found) == len(list(found)) == number
    assert {each.field for each in found} == ({field} if field else set())


def test_the_snippet_shows_the_word_in_its_surroundings(api):
    version = api.artifact(ZOO)
    version.description = f"{'before ' * 30}the Needle{' after' * 30}"
    version.save()
    (found, _) = api.search("needle")
    assert "the Needle after" in found.snippet
    assert found.snippet.startswith("…")
    assert found.snippet.endswith("…")
    assert len(found.snippet) < 80


def test_what_was_changed_is_found_as_it_is_now(api):
    version = api.artifact("team/p/zoo:v0")
    version.description, version.tags = "rewritten", ["fresh"]
    version.metadata = {"owner": "bob"}
    version.save()
    assert not list(api.search("0.9 №0"))
    assert [len(api.search(word)) for word in ("rewritten", "fresh", "owner bob")] == [2, 2, 2]
    api.collection(ZOO).rename("Animals")
    assert told(api.search("animals")) == [
        ("collection", "default/wandb-registry-Model/Animals", "name", True)
    ]
    api.collection("team/p/zoo").delete(delete_links=True)
    assert not list(api.search("überblick"))


def test_only_one_registry_or_what_passes_a_filter_is_searched(api):
    assert {each.path for each in api.search("prod", registry="model")} == {
        f"{LINK}:v0",
        f"{LINK}:v2",
    }
    assert not list(api.search("prod", registry="Dataset"))
    passing = api.search("über", kinds="version", filter={"metadata.accuracy.top1": {"$lt": 0.91}})
    assert [each.path for each in passing] == [f"{LINK}:v0", "team/p/zoo:v0"]
    with pytest.raises(errors.InvalidValueError, match="about one kind"):
        api.search("prod", filter={"tag": "prod"})
    with pytest.raises(errors.RegistryNotFoundError):
        api.search("prod", registry="Nothing")


def test_registries_collections_and_versions_are_filtered_in_one_line(api):
    found = (
        api.registries(filter={"name": {"$regex": "model"}})
        .collections(filter={"name": {"$contains": "Zoo"}})
        .versions(filter={"$or": [{"tag": "prod"}, {"alias": "production"}]})
    )
    assert names(found) == ["Zoo Models:v2", "Zoo Models:v0"]
    assert found[0].aliases == ["latest", "production"]
    registry = api.registry("Model")
    assert names(registry.versions({"metadata.runs.seed": 1})) == ["Zoo Models:v1"]
    assert names(registry.collections({"type": "model"}, order="-name")) == ["Zoo Models"]
    assert not list(api.registries(filter={"name": "dataset"}).collections())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"name": "model"}, ["Model"]),
        ({"name": "wandb-registry-MODEL"}, ["Model"]),
        ({"name": {"$regex": "^wandb-registry-m"}}, ["Model"]),
        ({"name": {"$regex": "^m"}}, ["Model"]),
        ({"name": {"$contains": "SET"}}, ["Dataset"]),
        ({"name": {"$in": ["model", "dataset"]}}, ["Model", "Dataset"]),
        ({"description": {"$exists": False}}, ["Model", "Dataset"]),
        ({"artifact_type": "model"}, ["Model"]),
        ({"created_at": {"$gt": datetime.now(UTC) + timedelta(days=1)}}, []),
        ({"full_name": "wandb-registry-model"}, ["Model"]),
        ({"name": {"$gt": "e"}}, ["Model"]),
    ],
)
def test_the_name_of_a_registry_is_found_with_and_without_prefix(store, said, expected):
    found = fingerpost.Api(store, actor="alice").registries(filter=said)
    assert [registry.name for registry in found] == expected


def test_things_are_found_by_their_identity(api):
    collection = api.collection(ZOO)
    version = api.artifact(ZOO)
    registries = api.registries()
    assert names(registries.collections({"id": collection.id})) == ["Zoo Models"]
    assert names(registries.collections({"collection_id": {"$in": [collection.id, "x"]}})) == [
        "Zoo Models"
    ]
    assert names(registries.versions({"id": version.id})) == ["Zoo Models:v2"]
    assert names(registries.versions({"version": {"$lte": 1}})) == [
        "Zoo Models:v1",
        "Zoo Models:v0",
    ]


def test_the_order_is_that_which_was_asked_for(api):
    for name in ("b", "a", "C"):
        api.create_registry(name)
    ordered = {
        None: ["Model", "Dataset", "b", "a", "C"],
        "name": ["a", "b", "C", "Dataset", "Model"],
        "-name": ["Model", "Dataset", "C", "b", "a"],
        "-created_at": ["C", "a", "b", "Dataset", "Model"],
    }
    for order, expected in ordered.items():
        for per_page in (1, 2, 100):
            found = api.registries(order=order, per_page=per_page)
            assert [registry.name for registry in found] == expected
    api.registry("b").description = "changed last"
    assert api.registries(order="-updated_at")[0].name == "b"
    with pytest.raises(errors.InvalidValueError, match="it is one of name, created_at"):
        api.registries(order="size")


def test_a_change_in_a_collection_is_when_it_was_updated(api):
    before = api.collection(ZOO).updated_at
    api.collection(ZOO).set_alias("candidate", "v0")
    after = api.collection(ZOO).updated_at
    assert after > before
    since = {"updated_at": {"$gt": before}}
    assert names(api.registries().collections(since)) == ["Zoo Models"]
    assert not list(api.registries().collections({"updated_at": {"$gt": after}}))


def test_tags_of_collections_are_searched_and_filtered(api):
    api.registry("Model").create_collection("Birds", tags=["wings"])
    assert told(api.search("wing")) == [
        ("collection", "default/wandb-registry-Model/Birds", "tag", False)
    ]
    registries = api.registries()
    assert names(registries.collections({"tag": "wings"})) == ["Birds"]
    assert names(registries.collections({"tags": {"$exists": False}})) == ["Zoo Models"]
    birds = api.collection("wandb-registry-Model/Birds")
    birds.tags = []
    birds.save()
    assert not list(api.search("wing"))
    assert not list(registries.collections({"tag": "wings"}))


def test_what_an_actor_may_not_see_is_not_found(api, store):
    bob = fingerpost.Api(store, actor="bob")
    assert len(bob.search("zoo")) == len(api.search("zoo"))
    api.registry("Model").visibility = "restricted"
    assert {each.path for each in bob.search("zoo")} == {"team/p/zoo"}
    assert not [each for each in bob.search("über") if "registry" in each.path]
    assert [registry.name for registry in bob.registries()] == ["Dataset"]
    assert not list(bob.registries().collections())
    assert len(bob.registries().versions({"alias": "production"})) == 0
    with pytest.raises(errors.RoleRequiredError):
        bob.search("zoo", registry="Model")


def test_a_deleted_registry_is_not_found(api):
    api.create_registry("Shortlived", description="gone soon")
    assert len(api.search("shortlived")) == 1
    api.registry("Shortlived").delete()
    assert not list(api.search("soon"))
    assert not list(api.registries(filter={"name": "Shortlived"}))


def test_a_cursor_goes_on_in_another_process_and_with_no_other_question(api, place):
    said = {"description": {"$exists": True}}
    pages = api.registries().versions(said, per_page=1)
    first = next(pages)
    again = fingerpost.Api(place, actor="bob").registries()
    rest = again.versions(said, per_page=9, start=pages.cursor)
    assert names([first, *rest]) == ["Zoo Models:v2", "Zoo Models:v1", "Zoo Models:v0"]
    searched = api.search("über", per_page=2)
    next(searched)
    others = [
        lambda start: api.registries().versions({"description": None}, start=start),
        lambda start: api.registries().versions(start=start),
        lambda start: api.registries(order="name").versions(said, start=start),
        lambda start: api.registry("Model").versions(said, start=start),
        lambda start: api.registries().collections(start=start),
        lambda start: api.registries(start=start),
        lambda start: api.search("blick", start=start),
        lambda start: api.search("über", kinds="version", start=start),
        lambda start: api.search("über", registry="Model", start=start),
    ]
    for other in others:
        for cursor in (pages.cursor, searched.cursor):
            with pytest.raises(errors.InvalidValueError, match="cursor"):
                other(cursor)
    another = fingerpost.Api("memory://", actor="alice")
    with pytest.raises(errors.InvalidValueError, match="cursor"):
        another.search("über", start=searched.cursor)


@pytest.mark.parametrize("cursor", ["", "1", "é", "A" * 99_999, "AAAA" * 9, 5, "=", "\0"])
def test_what_is_no_cursor_is_refused(api, cursor):
    with pytest.raises(errors.InvalidValueError, match="cursor"):
        api.search("zoo", start=cursor)


def test_without_fts5_the_same_is_found(api, monkeypatch):
    asked = ("prod", "production", "us", "überblick 0.91", "zoo", "nothing at all")
    fast = [told(api.search(text)) for text in asked]
    monkeypatch.setattr(words, "can_search_fast", lambda: False)
    assert [told(api.search(text)) for text in asked] == fast


def tables_of(folder):
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


@on_sqlite
def test_a_store_without_the_full_text_index_gets_it_when_it_is_opened(api, store, tmp_path):
    expected = told(api.search("prod"))
    store.close()
    with closing(sqlite3.connect(tmp_path / "store" / "ledger.sqlite")) as connection:
        connection.execute(f"DROP TABLE {grams.GRAMS}")
    with fingerpost.open_store(tmp_path / "store") as opened:
        assert told(fingerpost.Api(opened).search("prod")) == expected
        assert opened.store.events.differing_tables() == []
    assert grams.GRAMS in tables_of(tmp_path / "store")


@on_sqlite
def test_a_python_without_fts5_says_so_of_a_store_that_has_the_index(
    api, store, tmp_path, monkeypatch
):
    store.close()
    monkeypatch.setattr("fingerpost.adapters.event_store.sqlite.can_search_fast", lambda: False)
    with pytest.raises(errors.StoreUnavailableError, match="FTS5"):
        fingerpost.open_store(tmp_path / "store")


@on_sqlite
def test_a_damaged_index_is_noticed_and_rebuilt(api, store, tmp_path):
    with closing(sqlite3.connect(tmp_path / "store" / "ledger.sqlite")) as connection:
        connection.execute(f"INSERT INTO {grams.GRAMS} (rowid, grams) VALUES (999, 'x')")
        connection.commit()
    assert store.store.events.differing_tables() == [grams.GRAMS]
    store.rebuild()
    assert store.store.events.differing_tables() == []


# On the command line


def run(capsys, place, *arguments):
    code = main([*arguments, "--store", place])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_command_prints_a_table_and_where_it_goes_on(api, capsys, place):
    code, out, err = run(capsys, place, "search", "über", "--limit", "4")
    assert code == 0
    assert out.splitlines()[0].split() == ["KIND", "PATH", "FOUND", "IN", "TEXT"]
    assert len(out.splitlines()) == 5
    cursor = err.split("--cursor ")[1].strip()
    _, rest, err = run(capsys, place, "search", "über", "--limit", "4", "--cursor", cursor)
    assert len(rest.splitlines()) == 3
    assert "--cursor" not in err


def test_the_command_answers_programs_in_json(api, capsys, place):
    said = json.dumps({"alias": "production"})
    asked = ("search", "prod", "--kind", "version", "--filter", said, "--registry", "Model")
    code, out, _ = run(capsys, place, *asked, "--json")
    assert code == 0
    assert json.loads(out) == {
        "query": "prod",
        "results": [
            {
                "kind": "version",
                "path": f"{LINK}:v2",
                "type": "model",
                "is_exact": False,
                "matches": [{"field": "alias", "snippet": "production"}],
            }
        ],
        "cursor": None,
    }


def test_finding_nothing_is_said_and_is_no_failure(api, capsys, place):
    assert run(capsys, place, "search", "giraffe") == (
        0,
        "",
        "nothing was found for 'giraffe'\n",
    )


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prod", "--filter", "{", "--kind", "version"], "it is JSON"),
        (["prod", "--filter", "[]", "--kind", "version"], "JSON object"),
        (["prod", "--filter", '{"alais": 1}', "--kind", "version"], "Did you mean 'alias'?"),
        (["prod", "--filter", "{}"], "about one kind"),
        (["  "], "there is a word in it"),
        (["prod", "--cursor", "x"], "cursor 'x' is not valid"),
        (["prod", "--kind", "model"], "'model' is not one of"),
    ],
)
def test_what_is_not_understood_is_an_input_error(api, capsys, place, arguments, message):
    code, out, err = run(capsys, place, "search", *arguments)
    assert (code, out) == (2, "")
    assert message in err
