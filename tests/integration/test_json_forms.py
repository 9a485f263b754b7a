"""Every public row and object has one JSON form, which is written down and documented."""

import json
import re
from enum import Enum
from pathlib import Path

import attrs
import pytest

import fingerpost
import json_forms
import public_surface

ROOT = Path(__file__).parents[2]
WRITTEN = json.loads((ROOT / "tests" / "golden" / "json_forms.json").read_text(encoding="utf-8"))
DOCUMENT = (ROOT / "docs" / "reference" / "json-forms.md").read_text(encoding="utf-8")

WITHOUT_FORM = {
    "Api": "gives access",
    "Ledger": "gives access",
    "LedgerSubscription": "gives access",
    "OpenStore": "gives access",
    "SigningKey": "is secret",
    "Witness": "gives access",
    "Codec": "is written by others",
    "Audio": "is content",
    "Html": "is content",
    "PermittedTypes": "is a tuple of text",
    "Collections": "is a list of things with forms",
    "Files": "is a list of things with forms",
    "Paged": "is a list of things with forms",
    "Registries": "is a list of things with forms",
    "SearchResults": "is a list of things with forms",
    "Versions": "is a list of things with forms",
    "Edge": "has a form as part of a lineage, which knows the names of its ends",
    "VersionRef": "is an identity inside the store",
}
"""Public classes that are neither rows nor objects with facts, and what they are."""


def public_classes():
    others = (BaseException, Enum, str)
    apart = ("fingerpost.testing", "fingerpost.verifier")
    return {
        cls
        for cls in public_surface.classes()
        if not issubclass(cls, others) and not cls.__module__.startswith(apart)
    }


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """Return the JSON forms of all examples by the names of their classes."""
    folder = tmp_path_factory.mktemp("forms")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("FINGERPOST_ACTOR", "alice")
        opened = fingerpost.open_store(folder / "store", actor="alice")
        store = attrs.evolve(opened.store, clock=lambda: json_forms.NOON)
        with fingerpost.OpenStore(store, opened.folder, opened.stat_cache) as changed:
            examples = [*json_forms.rows(), *json_forms.objects(changed)]
            return {type(each).__name__: each.to_dict() for each in examples}


def test_every_public_class_with_facts_has_a_form_and_an_example(forms):
    classes = {cls.__name__: cls for cls in public_classes()}
    assert {name for name, cls in classes.items() if not hasattr(cls, "to_dict")} == {*WITHOUT_FORM}
    assert classes.keys() - WITHOUT_FORM.keys() == forms.keys()


def test_forms_are_plain_json(forms):
    """Nothing is lost on the way: no tuple, no key that is not text, no NaN."""
    for form in forms.values():
        assert json.loads(json.dumps(form, allow_nan=False)) == form


def test_forms_are_what_is_written_down(forms):
    assert {name: json_forms.plain(form) for name, form in forms.items()} == WRITTEN


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_the_keys_of_a_form_are_documented(name):
    # An entry leaves out what it has no value for; the example of one has all keys.
    example = WRITTEN["Entry" if name == "ArtifactEntry" else name]
    assert documented()[name] == example.keys()


def documented():
    """Return the keys in the document by the names of the classes in their headings."""
    found = {}
    for section in DOCUMENT.split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        keys = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
        for name in re.findall(r"`(\w+)`", heading):
            found[name] = keys
    return found
