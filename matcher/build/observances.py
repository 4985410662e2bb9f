"""Public holidays by country, read from the source of the package `holidays`: none of its code is run.

Each class of the package is rebuilt with Python's own order of bases, but holds the syntax trees of its methods, not
the methods. A country's `_populate_public_holidays` is followed for one year: an ``if`` on the year takes the branch of
that year, a subdivision is none, and what hangs on a day of the week counts as true. Every call of a method of `holidays.groups` (``_add_eid_al_fitr_day``) is an
observance, whatever its name is in the country's language. Days that only one country has are added by date
(``_add_holiday_aug_17``), and are none.
"""

from __future__ import annotations

import ast
import operator
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

YEAR = 2026
GROUPS = "holidays.groups."
_ROOTS = ("_populate_public_holidays", "_populate_subdiv_holidays")
_CHILD = "ChildEntity"
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b, ast.Is: operator.is_,
    ast.IsNot: operator.is_not, ast.Mod: operator.mod, ast.Add: operator.add, ast.Sub: operator.sub,
}  # fmt: skip
# What adds any day of a calendar is no observance: `_add_islamic_calendar_holiday_set`.
_NO_OBSERVANCE = re.compile(r"(holiday|holiday_set|calendar_holiday)$")


class Package:
    """The classes of the package, by dotted module and name.

    Parameters
    ----------
    root
        Folder of the package, with ``countries`` and ``groups`` in it.
    year
        The year that is asked for.
    """

    def __init__(self, root: Path, year: int = YEAR) -> None:
        self.root, self.year = root, year
        self._tree = cache(self._parse)
        self.find = cache(self._find)

    def _parse(self, module: str) -> ast.Module | None:
        path = self.root.parent.joinpath(*module.split("."))
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return ast.parse(file.read_text("utf-8"))
        return None

    def _find(self, module: str, name: str) -> type | None:
        """Return the class that a name means in a module, rebuilt; None for what is not of the package."""
        tree = self._tree(module)
        for node in tree.body if tree else ():
            if isinstance(node, ast.ClassDef) and node.name == name:
                return self._class(module, node)
            if isinstance(node, ast.ImportFrom) and node.module and any(a.name == name for a in node.names):
                return self.find(node.module, name)
        return None

    def _class(self, module: str, node: ast.ClassDef) -> type:
        named = [base.id for base in node.bases if isinstance(base, ast.Name)]
        bases = [found for name in named if (found := self.find(module, name))]
        held: dict[str, Any] = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        for each in node.body:
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                held[each.targets[0].id] = each.value
        return type(node.name, tuple(bases), held | {"__module__": module})

    def countries(self) -> dict[str, type]:
        """Return the class of every country by its alpha-2 code, in the order of the files."""
        found: dict[str, type] = {}
        for path in sorted((self.root / "countries").glob("[!_]*.py")):
            module = f"holidays.countries.{path.stem}"
            for node in self._tree(module).body:  # type: ignore[union-attr]
                if not isinstance(node, ast.ClassDef):
                    continue
                code = vars(self.find(module, node.name)).get("country")
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.setdefault(code.value, self.find(module, node.name))  # type: ignore[arg-type]
        return found

    def observances(self, country: type) -> dict[str, str]:
        """Return the observances of a country in the year: name of the method without ``_add_`` -> its group."""
        return dict(_Reader(country, self.year).calls_of(*_roots(country)))


def _roots(country: type) -> tuple[str, ...]:
    """Return the methods that give the days of the whole country; those of a territory are a subdivision's too."""
    part = _subdivision(country)
    return _ROOTS if part is None else (*_ROOTS, f"_populate_subdiv_{part.lower()}_public_holidays")


def _subdivision(country: type) -> str | None:
    """Return the subdivision of its sovereign that a territory is (Guam: GU); None for a country."""
    if all(each.__name__ != _CHILD for each in country.__mro__):
        return None
    codes = (getattr(country, name, None) for name in ("parent_entity_subdivision_code", "country"))
    values = (code.value for code in codes if isinstance(code, ast.Constant))
    return next((value for value in values if isinstance(value, str)), None)


class _Reader:
    """Follows the methods of one country for one year."""

    def __init__(self, country: type, year: int) -> None:
        self.country, self.year, self.part = country, year, _subdivision(country)
        self._seen: set[tuple[type, str]] = set()

    def calls_of(self, *methods: str) -> Iterator[tuple[str, str]]:
        """Yield the observances that methods of the country lead to, with their groups."""
        for name in methods:
            yield from self._follow(name, self.country.__mro__)

    def _follow(self, name: str, order: tuple[type, ...]) -> Iterator[tuple[str, str]]:
        """Yield the observances of a method, looked for in these classes as Python would."""
        owner = next((each for each in order if isinstance(vars(each).get(name), ast.FunctionDef)), None)
        if owner is None or (owner, name) in self._seen:
            return
        if owner.__module__.startswith(GROUPS):
            if name.startswith("_add_") and not _NO_OBSERVANCE.search(name):
                yield name.removeprefix("_add_"), owner.__module__.removeprefix(GROUPS)
            return
        self._seen.add((owner, name))
        for call in self._calls(vars(owner)[name].body):
            target = call.func
            if not isinstance(target, ast.Attribute):
                continue
            of = ast.unparse(target.value)
            if of == "self":
                yield from self._follow(target.attr, self.country.__mro__)
            elif of == "super()":
                yield from self._follow(target.attr, order[order.index(owner) + 1 :])

    def _calls(self, body: Iterable[ast.stmt]) -> Iterator[ast.Call]:
        """Yield the calls of the statements that are reached in the year, up to the first certain return."""
        for statement in body:
            if isinstance(statement, ast.If):
                holds = self._value(statement.test)  # unknown (a day of the week) counts as true
                yield from _all_calls(statement.test)
                branch = statement.body if holds else statement.orelse
                yield from self._calls(branch)
                if holds is not ... and branch and isinstance(branch[-1], ast.Return):
                    return
            elif isinstance(statement, ast.Match):
                yield from self._calls(self._case(statement))
            elif isinstance(statement, (ast.For, ast.FunctionDef)):
                yield from _all_calls(statement.iter) if isinstance(statement, ast.For) else ()
                yield from self._calls(statement.body)
            else:
                yield from _all_calls(statement)
                if isinstance(statement, ast.Return):
                    return

    def _case(self, statement: ast.Match) -> list[ast.stmt]:
        """Return the body of the case that a known subject takes."""
        subject = self._value(statement.subject)
        for case in statement.cases:
            patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
            values = [self._value(each.value) for each in patterns if isinstance(each, ast.MatchValue)]
            if subject is not ... and (subject in values or not values):
                return case.body
        return []

    def _value(self, node: ast.expr) -> Any:
        """Return what an expression on year and subdivision is; ``...`` for anything that hangs on more."""
        value: Any = ...
        match node:
            case ast.Constant():
                value = node.value
            case ast.Tuple() | ast.Set() | ast.List():
                parts = [self._value(each) for each in node.elts]
                value = ... if ... in parts else parts
            case ast.Attribute(value=ast.Name(id="self")):
                held = getattr(self.country, node.attr, None)
                own = {"_year": self.year, "subdiv": self.part, "_normalized_subdiv": self.part}
                value = own.get(node.attr, self._value(held) if isinstance(held, ast.expr) else ...)
            case ast.UnaryOp(op=ast.Not()):
                held = self._value(node.operand)
                value = ... if held is ... else not held
            case ast.BoolOp():
                parts = [each if each is ... else bool(each) for each in map(self._value, node.values)]
                decides = isinstance(node.op, ast.Or)
                value = decides if decides in parts else ... if ... in parts else not decides
            case ast.BinOp():
                value = self._operate(node.op, node.left, node.right)
            case ast.Compare():
                pairs = pairwise((node.left, *node.comparators))
                parts = [self._operate(op, *pair) for op, pair in zip(node.ops, pairs, strict=True)]
                value = False if False in parts else ... if ... in parts else True
        return value

    def _operate(self, op: ast.AST, left: ast.expr, right: ast.expr) -> Any:
        values = self._value(left), self._value(right)
        return ... if ... in values or type(op) not in _OPERATORS else _OPERATORS[type(op)](*values)


def _all_calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))
