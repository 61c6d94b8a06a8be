"""Patterns: what their names may be bound to, and what can be created at all."""

from __future__ import annotations

from collections.abc import Sequence

from lithograph.cypher import ast
from lithograph.cypher.analysis.expressions import Expressions
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import ANY, NODE, PATH, RELATIONSHIP, Kind, Type, element_of, list_of
from lithograph.cypher.errors import (
    CreatingVarLengthError,
    InvalidArgumentTypeError,
    InvalidParameterUseError,
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
        relationships: set[str] = set()
        for path in paths:
            self._match_path(path, scope, relationships)
        for path in paths:
            for element in path.elements:
                self._inside(element, scope)

    def _match_path(self, path: ast.PathPattern, scope: Scope, relationships: set[str]) -> None:
        for element in path.elements:
            self._no_parameter(element)
            if element.variable is None:
                self._bind_total(element, scope)
                continue
            if isinstance(element, ast.RelationshipPattern):
                if element.variable in relationships:
                    raise RelationshipUniquenessError(
                        f"Relationship `{element.variable}` cannot stand twice in one pattern.",
                        position=element.position,
                    )
                relationships.add(element.variable)
            scope.use(element.variable, _type_of(element), element.position)
            self._bind_total(element, scope)
        if path.function is not None:
            _check_shortest(path)
        if path.variable is not None:
            scope.bind(path.variable, PATH, path.position)

    @staticmethod
    def _bind_total(element: ast.NodePattern | ast.RelationshipPattern, scope: Scope) -> None:
        if isinstance(element, ast.RelationshipPattern) and element.expansion is not None:
            if element.expansion.total is not None:
                scope.bind(element.expansion.total, ANY, element.expansion.position)

    def in_expression(self, path: ast.PathPattern, scope: Scope) -> None:
        """Check a pattern that is a predicate, or whose path is a value: it binds no names.

        Raises:
            UndefinedVariableError: it has one that is not bound.
        """
        inside = scope.copy()
        for element in path.elements:
            if element.variable is not None and element.variable not in scope:
                raise UndefinedVariableError(
                    f"Variable `{element.variable}` not defined. "
                    "A pattern used as an expression cannot introduce variables.",
                    position=element.position,
                )
        self._match_path(path, inside, set())
        for element in path.elements:
            self._inside(element, inside)

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
        if element.properties is not None:
            self._expressions.visit(element.properties, scope)
        self._expressions.predicate(element.predicate, scope)
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
        inside = scope.copy()
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
            self._no_parameter(element)
        self._create_path(path, scope, scope.copy(), "MERGE")

    def _create_path(self, path: ast.PathPattern, scope: Scope, visible: Scope, clause: str) -> None:
        """``visible``: what expressions in the pattern see; in CREATE also what is created further left."""
        if path.function is not None:
            raise UnexpectedConstructError(
                f"{path.function} cannot be used in {clause}.", position=path.position
            )
        for element in path.elements:
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
        if not isinstance(relationship.types, ast.LabelName | ast.LabelDynamic):
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


def _check_shortest(path: ast.PathPattern) -> None:
    if len(path.elements) != 3:
        raise UnexpectedConstructError(
            f"{path.function} needs a pattern of two nodes and one relationship.", position=path.position
        )


def _is_plain(labels: ast.LabelExpression | None) -> bool:
    if isinstance(labels, ast.LabelAnd):
        return all(map(_is_plain, labels.parts))
    return labels is None or isinstance(labels, ast.LabelName | ast.LabelDynamic)


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
