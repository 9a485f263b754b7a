"""What every error promises: a code, a family, a message that helps, and a life after pickling."""

import pickle

import pytest
from attrs import asdict

from fingerpost.domain import errors
from fingerpost.domain.names.paths import InvalidArtifactPathError

FAMILIES = (
    errors.NotFoundError,
    errors.ConflictError,
    errors.PermissionDeniedError,
    errors.IntegrityError,
    errors.InvalidInputError,
    errors.StorageError,
)

# For each class: one of its kind, and what its message has to hold, the offending value in quotes
# first and words that say what to do last.
EXAMPLES = [
    (
        errors.AliasExpectationError("prod", "v1", "v2"),
        ["'prod'", "v1", "v2", "now expecting 'v2'"],
    ),
    (errors.AliasNotFoundError("alias", "bets", ["best"], "Look."), ["'bets'", "'best'", "Look."]),
    (
        errors.ApprovalNotFoundError("approval of", "c:v0", (), "By 'bob'."),
        ["'c:v0'", "By 'bob'."],
    ),
    (
        errors.ApprovalsMissingError("bob", "prod", "c:v1", "registry 'R'", 2, ["eve"]),
        ["'prod'", "'c:v1'", "2 other people", "1 ('eve')", "fingerpost approve VERSION prod"],
    ),
    (errors.LastAdminError("acme"), ["'acme'", "somebody else an admin first"]),
    (errors.MemberNotFoundError("member", "bob", ["eve"], "Add."), ["'bob'", "'eve'", "Add."]),
    (errors.NotAPersonError("ci", "approve"), ["'ci'", "somebody else"]),
    (errors.NotARegistryVersionError("p/d:v0"), ["'p/d:v0'", "Link it"]),
    (
        errors.OutsideOrganizationError("bob", "acme", "team 't'"),
        ["'bob'", "'acme'", "fingerpost members add 'bob'"],
    ),
    (
        errors.ReasonRequiredError("move 'prod'", "registry 'R'"),
        ["'prod'", "'R'", "--reason", "reason="],
    ),
    (
        errors.RollbackError("c:prod", "v1 was deleted", "Pass to='v0'."),
        ["'c:prod'", "v1 was deleted", "Pass to='v0'."],
    ),
    (errors.TypeInUseError("R", "model"), ["'model'", "'R'", "cannot be withdrawn"]),
    (errors.AlreadyExistsError("team", "x", "Use it."), ["team 'x'", "Use it."]),
    (errors.AmbiguousOrganizationError("r", "r_X1"), ["'r'", "'r_X1'", "Write"]),
    (errors.ArtifactFinalizedError("data:v0", "add 'x'"), ["'data:v0'", "Build a new"]),
    (errors.ArtifactNotLoggedError("data", "link it"), ["'data'", "link it", "artifact.save()"]),
    (errors.ArtifactTypeNotFoundError("type", "modle", ["model"], "Look."), ["'modle'", "Look."]),
    (errors.ProjectNotFoundError("project", "t/p", ["q"], "Log."), ["'t/p'", "'q'", "Log."]),
    (errors.RunNotFoundError("run", "t/p/0", (), "Look."), ["'t/p/0'", "Look."]),
    (errors.CollectionNotFoundError("collection", "a", (), "Log."), ["'a'", "Log."]),
    (errors.CollectionLinkedError("p/d", ["R/C:v0"]), ["'p/d'", "'R/C:v0'", "delete_links=True"]),
    (errors.AutomationNotFoundError("automation", "x", ["y"], "Look."), ["'x'", "'y'", "Look."]),
    (errors.DeliveryNotFoundError("delivery", "x", (), "Look."), ["'x'", "Look."]),
    (errors.SecretsKeyError("there is no key", "Set one."), ["there is no key", "Set one."]),
    (errors.SecretUnavailableError("TOKEN", "acme"), ["'TOKEN'", "'acme'", "secret set TOKEN"]),
    (errors.ConcurrencyError("stream", 3), ["3 times", "stream", "Try again."]),
    (errors.ContentMismatchError("x", "md5:a", "md5:b"), ["md5:a", "md5:b", "Restore"]),
    (errors.ContentNotFoundError("blake3:0", "/s"), ["blake3:0", "/s", "fingerpost verify"]),
    (errors.CollectionTypeError("p/d", "model", "x"), ["'p/d'", "'model'", "'x'", "another name"]),
    (errors.CorruptLedgerError("event 3", "is cut"), ["event 3", "is cut", "Restore"]),
    (
        errors.LedgerChangedError("fingerpost.ledger/1", ["event 7: is not there", "event 8: x"]),
        ["'fingerpost.ledger/1'", "event 7: is not there", "1 more", "restore it"],
    ),
    (
        errors.UnprovenError("a.tlog-proof", "it is too short"),
        ["a.tlog-proof", "it is too short", "get it again"],
    ),
    (
        errors.InvalidBundleError("stick", "event 7 is missing"),
        ["'stick'", "event 7 is missing", "copy it again"],
    ),
    (errors.DamagedPackError("p", "is cut"), ["'p'", "is cut", "fingerpost verify"]),
    (errors.DestinationError("/r", "is full"), ["'/r'", "is full", "another folder"]),
    (
        errors.EditConflictError("d:v0", [errors.EditClash("ttl", "1 day", "2 days", "for ever")]),
        ["'d:v0'", "ttl was 1 day, is now 2 days", "was to be for ever", "Fetch it again"],
    ),
    (errors.EntityNotFoundError("entity", "a", (), "Pass it."), ["'a'", "Pass it."]),
    (errors.EntryExistsError("a.txt", "Overwrite."), ["'a.txt'", "Overwrite."]),
    (errors.EntryNotFoundError("entry", "a", ("b",), "See."), ["'a'", "'b'", "See."]),
    (errors.ForeignTeamError("d:v0", "t", "R"), ["'d:v0'", "'t'", "'R'", "Log it under"]),
    (errors.ImportSourceError("m.db", "is none", "Give it."), ["'m.db'", "is none", "Give it."]),
    (
        errors.ImportStoppedError("iris 3", "Gone.", "Look."),
        ["'iris 3'", "Gone.", "Look.", "stays"],
    ),
    (errors.NotImportableError("m.db", ["a"] * 6, "Say."), ["'m.db'", "a; ", "1 more", "Say."]),
    (errors.InvalidAliasError("alias", "a/b", "no /", "Use 'a'."), ["'a/b'", "no /", "Use 'a'."]),
    (errors.InvalidFilterError("a.b", "no 'x'", "y", "Use."), ["a.b", "'x'", "y", "Use."]),
    (errors.InvalidMetadataError("m", 1j, "JSON", "Convert."), ["1j", "JSON", "Convert."]),
    (errors.InvalidNameError("name", "a b", "no space", "Use."), ["'a b'", "no space", "Use."]),
    (errors.InvalidPathError("path", "..", "no ..", "Use."), ["'..'", "no ..", "Use."]),
    (errors.InvalidReferenceError("uri", "x", "known", "Use."), ["'x'", "known", "Use."]),
    (errors.InvalidValueError("mode", None, "x or w", "Use 'x'."), ["None", "x or w", "Use 'x'."]),
    (InvalidArtifactPathError("path", "a//b", "a/b", "Check."), ["'a//b'", "a/b", "Check."]),
    (errors.ForeignStoreError("t/p/m:v0", "/a", "/b"), ["'t/p/m:v0'", "'/a'", "Download it"]),
    (errors.EntryOpenError("m", ("x.txt",)), ["'x.txt'", "Leave the with block"]),
    (errors.ItemNotFoundError("item", "a", (), "Look."), ["'a'", "Look."]),
    (errors.LinkedVersionError("d:v0", ["R/C:v0"]), ["'d:v0'", "'R/C:v0'", "Unlink it first"]),
    (
        errors.LibraryMissingError("parquet", ["pandas", "pyarrow>=1"], "No module"),
        ["'parquet'", "No module", '`pip install "pandas" "pyarrow>=1"`'],
    ),
    (errors.LimitExceededError("keys", 1000, 1001, "Nest."), ["1,001", "1,000", "Nest."]),
    (
        errors.NoCodecError("objects of type", "a.B", ["x.Y", "z.Z"], "Plug in one."),
        ["objects of type 'a.B'", "x.Y, z.Z", "Plug in one."],
    ),
    (errors.NoSuchThingError("thing", "x", ["y"], "Look."), ["'x'", "'y'", "Look."]),
    (
        errors.UnreadableManifestError("t/p/m:v0", "It is gone."),
        ["'t/p/m:v0'", "It is gone.", "none is removed", "Log the same files again"],
    ),
    (errors.NotALinkError("data:v0"), ["'data:v0'", "call delete()"]),
    (errors.OrganizationNotFoundError("organization", "x", (), "Leave."), ["'x'", "Leave."]),
    (errors.PersonalEntityLinkError("d:v0", "me", ["t"]), ["'d:v0'", "'me'", "'t'", "Log it"]),
    (
        errors.PluginError("g: n = m", "d 1.0", "is cut"),
        ["'g: n = m'", "d 1.0", "is cut", "Upgrade"],
    ),
    (errors.ProtectedVersionError("d:v0", ["prod"], "R"), ["'d:v0'", "'prod'", "first"]),
    (errors.ReferenceChangedError("file:///x", "1", "2"), ["'file:///x'", "Restore"]),
    (
        errors.ReferenceMissingError("file:///x", "blake3:0, 7 bytes"),
        ["'file:///x'", "blake3:0, 7 bytes", "now nothing", "allow_missing_references=True"],
    ),
    (errors.ReferenceRefusedError("s3://b/k", "403", "Ask."), ["'s3://b/k'", "403", "Ask."]),
    (
        errors.ReferenceUnavailableError("s3://b/k", "timed out", 6),
        ["'s3://b/k'", "timed out (6 attempts)", "try again"],
    ),
    (
        errors.MissingExtraError("s3:// references", "s3", "No module named 's3fs'"),
        ["s3:// references", "No module", "pip install 'fingerpost[s3]'"],
    ),
    (
        errors.RegistryNotFoundError("registry", "x", ["Model"], "Make."),
        ["'x'", "'Model'", "Make."],
    ),
    (errors.RoleRequiredError("bob", "link", "R", None, "member"), ["'bob'", "'member'", "Ask"]),
    (errors.RunFinishedError("run-1", "log"), ["'run-1'", "Start one with init"]),
    (errors.SourceFileError("/x", "is gone", "Check."), ["'/x'", "is gone", "Check."]),
    (errors.StoreFormatError("/s", "is newer", "Upgrade."), ["'/s'", "is newer", "Upgrade."]),
    (errors.StoreNotFoundError("store", "/s", (), "Log."), ["'/s'", "Log."]),
    (
        errors.KeyReusedError("nightly", "aliases", "versions"),
        ["'nightly'", "about versions", "about aliases", "nothing was changed"],
    ),
    (errors.OutcomeUnknownError("/s", "went away", "Look."), ["'/s'", "went away", "Look."]),
    (errors.StoreUnavailableError("/s", "is full", "Clean up."), ["'/s'", "is full", "Clean up."]),
    (errors.TypeMismatchError("data", "model", "x"), ["'data'", "'model'", "'x'", "Use type="]),
    (errors.TypeNotPermittedError("R", "x", ["model"]), ["'R'", "'x'", "'model'", "Link to"]),
    (
        errors.UndecodableError("a.npy", "numpy.npy", "is cut"),
        ["'a.npy'", "'numpy.npy'", "is cut", "get_entry('a.npy').download()"],
    ),
    (
        errors.UnencodableError("a.npy", "numpy.npy", "it holds objects"),
        ["'a.npy'", "'numpy.npy'", "it holds objects", "Convert it"],
    ),
    (errors.VerificationError("d:v0", "/r", ["a"], ["b"], ["c"]), ["'/r'", "'a'", "'b'", "'c'"]),
    (errors.VersionHasAliasesError("d:v0", ["a"]), ["'d:v0'", "'a'", "delete_aliases=True"]),
    (errors.VersionNotFoundError("version", "d:v9", (), "Look."), ["'d:v9'", "Look."]),
    (errors.WriterFinishedError("/s", "add bytes"), ["'/s'", "add bytes", "new writer"]),
]
EACH = pytest.mark.parametrize(
    ("error", "fragments"), EXAMPLES, ids=[type(error).__name__ for error, _ in EXAMPLES]
)
BUILTINS = [
    (errors.InvalidInputError, ValueError),
    (errors.EntryExistsError, ValueError),
    (errors.NotALinkError, ValueError),
    (errors.VerificationError, ValueError),
    (errors.InvalidReferenceError, ValueError),
    (errors.NotFoundError, LookupError),
    (errors.EntryNotFoundError, KeyError),
    (errors.ItemNotFoundError, FileNotFoundError),
    (errors.SourceFileError, FileNotFoundError),
    (errors.LinkedVersionError, ValueError),
    (errors.MissingExtraError, ImportError),
]


def subclasses(cls):
    return {cls} | {below for child in cls.__subclasses__() for below in subclasses(child)}


def own(cls):
    return [found for found in subclasses(cls) if found.__module__.startswith("fingerpost.domain.")]


def test_every_error_class_has_an_example():
    tried = {type(error) for error, _ in EXAMPLES} | {errors.FingerpostError, *FAMILIES}
    assert {cls.__name__ for cls in own(errors.FingerpostError)} == {cls.__name__ for cls in tried}


def test_every_class_is_exported():
    exported = {getattr(errors, name) for name in errors.__all__}
    assert {type(error) for error, _ in EXAMPLES} - exported == {InvalidArtifactPathError}


def test_codes_are_unique_but_for_a_family_and_its_plain_member():
    codes = {}
    for error, _ in EXAMPLES:
        codes.setdefault(error.code, []).append(type(error).__name__)
    assert {code: names for code, names in codes.items() if len(names) > 1} == {}


@EACH
def test_each_class_has_a_code_of_its_own(error, fragments):
    assert "code" in vars(type(error))


@EACH
def test_each_error_belongs_to_a_family(error, fragments):
    assert isinstance(error, FAMILIES)


@EACH
def test_a_message_shows_the_value_and_says_what_to_do(error, fragments):
    message = str(error)
    assert message == error.message
    for fragment in fragments:
        assert fragment in message
    assert message.endswith((".", "`", "first"))
    assert "\n" not in message


@EACH
def test_each_error_survives_pickling(error, fragments):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert asdict(copy) == asdict(error)


@EACH
def test_each_error_can_be_raised_caught_and_noted(error, fragments):
    with pytest.raises(errors.FingerpostError) as caught:
        raise error
    caught.value.add_note("while testing")
    assert {error: "kept"}[error] == "kept"


@pytest.mark.parametrize(("cls", "builtin"), BUILTINS)
def test_errors_are_the_builtins_that_are_promised(cls, builtin):
    assert issubclass(cls, builtin)


def test_a_control_character_in_a_value_is_shown_escaped():
    error = errors.InvalidNameError("name", "a\x1b[31m\u202eb", "visible", "Use 'a'.")
    assert "\x1b" not in str(error)
    assert "\u202e" not in str(error)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], "none"),
        (["a"], "'a'"),
        (["a", "b"], "'a', 'b'"),
        ([str(n) for n in range(8)], "'0', '1', '2', '3', '4', '5', '6', '7'"),
        ([str(n) for n in range(1_000)], "'0', '1', '2', '3', '4', '5', '6', '7' and 992 more"),
    ],
)
def test_long_lists_are_cut_in_messages(values, shown):
    assert errors.listed(values) == shown


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["x" * 10_000_000, b"x" * 10_000_000, ["x"] * 1_000_000])
def test_a_message_shows_the_beginning_of_a_long_value_and_the_error_has_it_whole(value):
    error = errors.InvalidValueError("name", value, "it is short", "Shorten it.")
    assert repr(value[:5])[:5] in str(error)
    assert "…" in str(error)
    assert len(str(error)) < 5_200
    assert error.value is value


def test_a_message_about_what_is_nested_deeply_can_be_read():
    error = errors.InvalidValueError("name", nested(100_000), "it is text", "Pass text.")
    assert str(error).startswith("name list that is nested too deeply to be shown")
    assert str(error).endswith("it is text. Pass text.")
