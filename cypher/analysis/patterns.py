"""Patterns: what their names may be bound to, and what can be created at all."""

from __future__ import annotations

from collections.abc import Sequence

from lithograph.cypher import ast
from lithograph.cypher.analysis.expressions import Expressions
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import ANY, NODE, PATH, RELATIONSHIP, Kind, Type, element_of, list_of
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.errors import (
    CreatingVarLengthError,
    InvalidArgumentTypeError,
    InvalidParameterUseError,
    NegativeIntegerArgumentError,
    NoSingleRelationshipTypeError,
    RelationshipUniquenessError,
    RequiresDirectedRelationshipError,
    UndefinedVariableError,
    UnexpectedConstructError,
    VariableAlreadyBoundError,
)


class Patterns:
    """The checks of patterns. Those that bind names add them to the scope they are given."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions

    # ------------------------------------------------------------ matching

    def match(self, paths: Sequence[ast.PathPattern], scope: Scope) -> None:
        """Check the patterns of a MATCH, binding their names in ``scope``."""
        before = scope.copy()
        relationships: set[str] = set()
        for path in paths:
            self._match_path(path, scope, relationships)
            if path.selector is not None:
                self._select(path.selector, paths, before)
        for path in paths:
            self._inside_path(path, scope, before)

    def _match_path(self, path: ast.PathPattern, scope: Scope, relationships: set[str]) -> None:
        for element in path.elements:
            if isinstance(element, ast.QuantifiedPath):
                self._bind_groups(element, scope, relationships)
                continue
            self._no_parameter(element)
            if isinstance(element, ast.RelationshipPattern) and element.variable is not None:
                _use_once(element.variable, relationships, element.position)
            if element.variable is not None:
                scope.use(element.variable, _type_of(element), element.position)
            self._bind_total(element, scope)
        if path.function is not None:
            _check_shortest(path)
        if path.variable is not None:
            scope.bind(path.variable, PATH, path.position)

    def _bind_groups(self, path: ast.QuantifiedPath, scope: Scope, relationships: set[str]) -> None:
        """Bind the names inside a quantified path to the lists that they are outside."""
        for element in path.elements:
            self._no_parameter(element)
            if isinstance(element, ast.RelationshipPattern) and element.variable is not None:
                _use_once(element.variable, relationships, element.position)
        for name, element in path.variables().items():
            if name in scope:
                raise VariableAlreadyBoundError(
                    f"Variable `{name}` is already bound; inside a quantified path pattern it needs a name of "
                    "its own.",
                    position=element.position,
                )
            scope.bind(name, list_of(_type_of(element)), element.position)

    def _select(self, selector: ast.PathSelector, paths: Sequence[ast.PathPattern], before: Scope) -> None:
        if len(paths) > 1:
            raise UnexpectedConstructError(
                "A MATCH with SHORTEST or ANY can have no other path beside it; write a MATCH for each.",
                position=selector.position,
            )
        if selector.count is not None:
            self._expressions.visit(selector.count, before)
            if isinstance(selector.count, ast.Literal) and selector.count.value == 0:
                raise NegativeIntegerArgumentError(
                    "The number of paths must be at least 1.", position=selector.count.position
                )

    def _inside_path(self, path: ast.PathPattern, scope: Scope, before: Scope) -> None:
        """The expressions inside a path; those of quantified paths see only what was bound ``before``."""
        for element in path.elements:
            if isinstance(element, ast.QuantifiedPath):
                self._inside_group(element, scope, before)
            else:
                self._inside(element, scope)
        self._expressions.predicate(path.predicate, scope)

    def _inside_group(self, path: ast.QuantifiedPath, scope: Scope, before: Scope) -> None:
        inside = before.within()
        for name, element in path.variables().items():
            inside.shadow(name, _type_of(element))
        try:
            for element in path.elements:
                self._inside(element, inside)
            self._expressions.predicate(path.predicate, inside)
        except UndefinedVariableError as error:
            if set(free_variables(path)) <= set(scope):
                raise UndefinedVariableError(
                    "Inside a quantified path pattern only its own variables and those of earlier clauses are "
                    "known, not those bound beside it in the same MATCH.",
                    position=error.position,
                ) from None
            raise

    @staticmethod
    def _bind_total(element: ast.PathElement, scope: Scope) -> None:
        if isinstance(element, ast.RelationshipPattern) and element.expansion is not None:
            if element.expansion.total is not None:
                scope.bind(element.expansion.total, ANY, element.expansion.position)

    def in_expression(self, path: ast.PathPattern, scope: Scope) -> None:
        """Check a pattern that is a predicate, or whose path is a value: it binds no names.

        Raises:
            UndefinedVariableError: it has one that is not bound.
        """
        inside = scope.within()
        for element in path.elements:
            for part in element.elements if isinstance(element, ast.QuantifiedPath) else (element,):
                if part.variable is not None and part.variable not in scope:
                    raise UndefinedVariableError(
                        f"Variable `{part.variable}` not defined. "
                        "A pattern used as an expression cannot introduce variables.",
                        position=part.position,
                    )
        self._match_path(path, inside, set())
        self._inside_path(path, inside, scope)

    @staticmethod
    def _no_parameter(element: ast.NodePattern | ast.RelationshipPattern) -> None:
        if isinstance(element.properties, ast.Parameter):
            name = element.properties.name
            raise InvalidParameterUseError(
                f"Parameter ${name} cannot stand for all the properties of a pattern in MATCH or MERGE; "
                f"write them one by one, such as {{key: ${name}.key}}.",
                position=element.properties.position,
            )

    def _inside(self, element: ast.NodePattern | ast.RelationshipPattern, scope: Scope) -> None:
        """The expressions inside a node or relationship."""
        single = scope
        if isinstance(element, ast.RelationshipPattern) and element.expansion is not None:
            single = _of_each(element, scope)
        if element.properties is not None:
            self._expressions.visit(element.properties, single if _is_quantified(element) else scope)
        self._expressions.predicate(element.predicate, single)
        if isinstance(element, ast.NodePattern):
            self._expressions.labels(element.labels, scope)
            return
        self._expressions.labels(element.types, scope)
        if element.expansion is not None:
            for function in (element.expansion.weight, element.expansion.filter):
                if function is not None:
                    self._lambda(function, scope, is_filter=function is element.expansion.filter)
            if element.expansion.limit is not None:
                self._expressions.visit(element.expansion.limit, scope)

    def _lambda(self, function: ast.Lambda, scope: Scope, is_filter: bool) -> None:
        inside = scope.within()
        for name, kind in zip(function.variables, (RELATIONSHIP, NODE, PATH, ANY), strict=False):
            inside.shadow(name, kind)
        if is_filter:
            self._expressions.predicate(function.body, inside)
        else:
            self._expressions.visit(function.body, inside)

    # ------------------------------------------------------------ creating

    def create(self, paths: Sequence[ast.PathPattern], scope: Scope) -> None:
        """Check the patterns of a CREATE, binding their names in ``scope``."""
        for path in paths:
            self._create_path(path, scope, scope, "CREATE")

    def merge(self, path: ast.PathPattern, scope: Scope) -> None:
        """Check the pattern of a MERGE, binding its names in ``scope``."""
        for element in path.elements:
            if not isinstance(element, ast.QuantifiedPath):
                self._no_parameter(element)
        self._create_path(path, scope, scope.copy(), "MERGE")

    def _create_path(self, path: ast.PathPattern, scope: Scope, visible: Scope, clause: str) -> None:
        """``visible``: what expressions in the pattern see; in CREATE also what is created further left."""
        if path.function is not None:
            raise UnexpectedConstructError(
                f"{path.function} cannot be used in {clause}.", position=path.position
            )
        if path.selector is not None:
            raise UnexpectedConstructError(
                f"SHORTEST and ANY cannot be used in {clause}.", position=path.selector.position
            )
        if path.predicate is not None:
            raise UnexpectedConstructError(
                f"WHERE cannot be used inside a pattern of {clause}.", position=path.predicate.position
            )
        for element in path.elements:
            if isinstance(element, ast.QuantifiedPath):
                raise CreatingVarLengthError(
                    f"Quantified path patterns are not supported in {clause}.", position=element.position
                )
            if element.predicate is not None:
                raise UnexpectedConstructError(
                    f"WHERE cannot be used inside a pattern of {clause}.", position=element.predicate.position
                )
            self._inside(element, visible)
            if isinstance(element, ast.NodePattern):
                self._create_node(element, scope, len(path.elements) == 1, clause)
            else:
                self._create_relationship(element, scope, clause)
        if path.variable is not None:
            scope.bind(path.variable, PATH, path.position)

    def _create_node(self, node: ast.NodePattern, scope: Scope, alone: bool, clause: str) -> None:
        if not _is_plain(node.labels):
            raise UnexpectedConstructError(
                f"{clause} needs labels by name, such as (:A:B).", position=node.position
            )
        if node.variable is None:
            return
        bound = node.variable in scope
        if bound and (alone or node.labels is not None or node.properties is not None):
            raise VariableAlreadyBoundError(
                f"Variable `{node.variable}` is already bound; {clause} can only use it as an end of a "
                "relationship, without labels and properties.",
                position=node.position,
            )
        scope.use(node.variable, NODE, node.position)

    @staticmethod
    def _create_relationship(relationship: ast.RelationshipPattern, scope: Scope, clause: str) -> None:
        position = relationship.position
        if relationship.variable is not None:
            scope.bind(relationship.variable, RELATIONSHIP, position)
        if relationship.expansion is not None:
            raise CreatingVarLengthError(
                f"Variable length relationships are not supported in {clause}.", position=position
            )
        if relationship.types is None or not ast.is_name(relationship.types):
            raise NoSingleRelationshipTypeError(
                f"A single relationship type must be specified in {clause}, such as -[:TYPE]->.",
                position=position,
            )
        if relationship.direction == "both" and clause == "CREATE":
            raise RequiresDirectedRelationshipError(
                "A relationship needs one direction in CREATE: --> or <--.", position=position
            )


def _type_of(element: ast.NodePattern | ast.RelationshipPattern) -> Type:
    if isinstance(element, ast.NodePattern):
        return NODE
    return RELATIONSHIP if element.expansion is None else list_of(RELATIONSHIP)


def _use_once(name: str, relationships: set[str], position: ast.Position) -> None:
    """Note a relationship of a pattern; a name cannot stand for two of them."""
    if name in relationships:
        raise RelationshipUniquenessError(
            f"Relationship `{name}` cannot stand twice in one pattern.", position=position
        )
    relationships.add(name)


def _is_quantified(element: ast.NodePattern | ast.RelationshipPattern) -> bool:
    if isinstance(element, ast.NodePattern):
        return False
    return element.expansion is not None and element.expansion.quantified


def _of_each(relationship: ast.RelationshipPattern, scope: Scope) -> Scope:
    """What the conditions on each single relationship of a walk see: its name stands for that one."""
    inside = scope.within()
    if relationship.variable is not None:
        inside.shadow(relationship.variable, RELATIONSHIP)
    return inside


def _check_shortest(path: ast.PathPattern) -> None:
    if len(path.elements) != 3:
        raise UnexpectedConstructError(
            f"{path.function} needs a pattern of two nodes and one relationship.", position=path.position
        )


def _is_plain(labels: ast.LabelExpression | None) -> bool:
    if isinstance(labels, ast.LabelAnd):
        return all(map(_is_plain, labels.parts))
    return labels is None or ast.is_name(labels)


def check_deleted(expression: ast.Expression, kind: Type) -> None:
    """Refuse to delete what is no graph element.

    Raises:
        InvalidArgumentTypeError
    """
    what = kind
    while what.kind is Kind.LIST:
        what = element_of(what)
    if what.kind not in (Kind.ANY, Kind.NODE, Kind.RELATIONSHIP, Kind.PATH):
        raise InvalidArgumentTypeError(
            f"DELETE takes nodes, relationships, paths and lists of these, not {what}.",
            position=expression.position,
        )
