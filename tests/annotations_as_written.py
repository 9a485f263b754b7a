"""Reads annotations from source, as they are written there, without the modules of the names."""

import ast
import inspect
import textwrap
from functools import cache
from importlib import import_module
from pathlib import Path

import fingerpost

SOURCES = Path(fingerpost.__file__).parent


class _Bare(ast.NodeTransformer):
    """``"Artifact"`` and ``module.Artifact`` become ``Artifact``; texts in Literal stay."""

    def visit_Subscript(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "Literal":
            return node
        return self.generic_visit(node)

    def visit_Attribute(self, node):
        return ast.Name(node.attr)

    def visit_Constant(self, node):
        if not isinstance(node.value, str):
            return node
        return self.visit(ast.parse(node.value, mode="eval").body)


def bare(annotation):
    """Return an annotation's syntax tree as text."""
    return ast.unparse(ast.fix_missing_locations(_Bare().visit(annotation)))


@cache
def parsed(thing):
    """Return the syntax tree of a class or function; ``None`` if it has no source."""
    try:
        source = inspect.getsource(inspect.unwrap(thing))
    except (OSError, TypeError):
        return None
    return ast.parse(textwrap.dedent(source)).body[0]


def of_function(function):
    """Return the annotations of a function's parameters by name; ``return`` is its result's."""
    tree = parsed(function)
    if not isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        return {}
    given = tree.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    found = {each.arg: bare(each.annotation) for each in listed if each and each.annotation}
    return found | ({"return": bare(tree.returns)} if tree.returns else {})


def of_class(cls):
    """Return the annotations in a class's body and those of its bases, by name."""
    found = {}
    for each in reversed(cls.__mro__):
        tree = parsed(each) if is_ours(each) else None
        for line in tree.body if isinstance(tree, ast.ClassDef) else ():
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                found[line.target.id] = bare(line.annotation)
    return found


def arguments_of_bases(cls):
    """Return what is in the brackets of a class's bases, such as ``Hit`` of ``Paged[Hit]``."""
    tree = parsed(cls)
    bases = tree.bases if isinstance(tree, ast.ClassDef) else []
    return [bare(base.slice) for base in bases if isinstance(base, ast.Subscript)]


def assigned_in(function):
    """Return the public names that a constructor assigns to ``self``, with their annotations."""
    tree, written = parsed(function), of_function(function)
    found = {}
    for node in ast.walk(tree) if tree else ():
        value = getattr(node, "value", None)
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
            if is_own and target.value.id == "self" and not target.attr.startswith("_"):
                said = bare(node.annotation) if isinstance(node, ast.AnnAssign) else None
                if isinstance(value, ast.Name):
                    said = said or written.get(value.id)
                found[target.attr] = said
    return found


def names_in(annotation):
    """Return all names in an annotation."""
    tree = ast.parse(annotation, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def is_ours(thing):
    return getattr(thing, "__module__", "").partition(".")[0] == "fingerpost"


@cache
def _module(name):
    """Return the syntax tree of a module of the package; ``None`` if there is no such module."""
    path = SOURCES.parent.joinpath(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return ast.parse(file.read_text(encoding="utf-8"))
    return None


@cache
def definition(module, name):
    """Follow imports from a module to where a class or type alias of the package is defined.

    Returns:
        The module and the statement; ``None`` for what is not of the package.
    """
    tree = _module(module)
    for line in ast.walk(tree) if tree else ():
        if _defines(line, name):
            return module, line
        if isinstance(line, ast.ImportFrom):
            for each in line.names:
                if (each.asname or each.name) == name:
                    return definition(_origin(module, line), each.name)
    return _in_imported_module(module, tree, name) if tree else None


def _in_imported_module(module, tree, name):
    # The annotation was `module.Name`.
    for line in ast.walk(tree):
        for each in line.names if isinstance(line, ast.ImportFrom) else ():
            imported = f"{_origin(module, line)}.{each.name}"
            inside = _module(imported)
            for found in inside.body if inside else ():
                if _defines(found, name):
                    return imported, found
    return None


def class_named(module, name):
    """Return the class of the package that a name stands for in a module, or ``None``."""
    found = definition(module, name)
    if found is None or not isinstance(found[1], ast.ClassDef) or name.startswith("_"):
        return None
    return getattr(import_module(found[0]), found[1].name)


def _defines(line, name):
    if isinstance(line, ast.ClassDef):
        return line.name == name
    if not isinstance(line, ast.Assign | ast.AnnAssign):
        return False
    targets = line.targets if isinstance(line, ast.Assign) else [line.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _origin(module, line):
    if not line.level:
        return line.module
    parts = module.split(".")
    is_package = not SOURCES.parent.joinpath(*parts).with_suffix(".py").is_file()
    above = parts[: len(parts) - line.level + is_package]
    return ".".join([*above, line.module] if line.module else above)


def alias(module, name):
    """Return the definition of a type alias as text; ``None`` if the name stands for none."""
    found = definition(module, name)
    if found is None or isinstance(found[1], ast.ClassDef) or found[1].value is None:
        return None
    value = found[1].value
    is_type = isinstance(value, ast.Subscript | ast.BinOp)
    return bare(value) if is_type else None
