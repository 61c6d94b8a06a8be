"""The syntax tree of Cypher: plain frozen data, one class for each construct, with its position.

Syntax only: names are not resolved here and types not known. ``transform/`` makes these from the
grammar's tree, ``render/`` prints them back, ``analysis/`` checks them and ``plan/`` plans them.
Two trees compare equal whatever their positions. All classes are had from here, as ``ast.Match``:

* ``base.py`` what the others are kinds of: syntax with a position, expressions, clauses, statements
* ``expressions.py``, ``predicates.py``, ``cases.py``, ``iteration.py`` expressions; ``value_types.py`` what follows ``IS ::``
* ``labels.py``, ``patterns.py`` patterns; ``pattern_expressions.py`` those that have a value
* ``clauses.py``, ``projections.py``, ``updates.py`` clauses; ``hints.py`` what they tell the planner
* ``queries.py`` whole queries; ``subqueries.py`` those inside others
* ``schema.py``, ``administration.py`` statements that are no queries
"""

from __future__ import annotations

from lithograph.cypher.ast.administration import (
    CreateSnapshot,
    DataDirectory,
    DumpDatabase,
    FreeMemory,
    RecoverSnapshot,
    SetSetting,
    SetStorageMode,
    Show,
    ShowSetting,
    ShowSubject,
    ShowTransactions,
    StorageMode,
    TerminateTransactions,
    TransactionControl,
    TransactionStatus,
)
from lithograph.cypher.ast.base import NOWHERE, Clause, Expression, Position, Statement, Syntax
from lithograph.cypher.ast.cases import Case, CaseSubject, CaseTests
from lithograph.cypher.ast.clauses import CallProcedure, Match, Unwind, YieldItem
from lithograph.cypher.ast.expressions import (
    AllProperties,
    Binary,
    BinaryOperator,
    CountStar,
    EnumValue,
    FunctionCall,
    ListLiteral,
    Literal,
    MapLiteral,
    MapProjection,
    OptionalParameter,
    Parameter,
    Property,
    Slice,
    Subscript,
    Unary,
    UnaryOperator,
    Variable,
)
from lithograph.cypher.ast.hints import Hint, IndexHint, JoinHint, ScanHint
from lithograph.cypher.ast.iteration import ListComprehension, Quantifier, QuantifierKind, Reduce
from lithograph.cypher.ast.labels import (
    LabelAnd,
    LabelAny,
    LabelDynamic,
    LabelExpression,
    LabelName,
    LabelNot,
    LabelOr,
    is_name,
)
from lithograph.cypher.ast.pattern_expressions import PathExpression, PatternComprehension, PatternPredicate
from lithograph.cypher.ast.patterns import (
    Algorithm,
    Direction,
    Expansion,
    Lambda,
    NodePattern,
    PathElement,
    PathFunction,
    PathPattern,
    PathSelector,
    Pattern,
    QuantifiedPath,
    RelationshipPattern,
)
from lithograph.cypher.ast.predicates import HasLabels, IsNormalized, IsNull, IsTyped, NormalForm
from lithograph.cypher.ast.projections import Finish, Projection, ProjectionItem, Return, SortItem, With
from lithograph.cypher.ast.queries import Directives, Explain, Profile, Query, SingleQuery
from lithograph.cypher.ast.schema import AddEnumValue, CreateEnum, CreateIndex, DropIndex, UpdateEnumValue
from lithograph.cypher.ast.subqueries import (
    CallSubquery,
    ErrorBehaviour,
    InTransactions,
    OnError,
    SubqueryExpression,
    SubqueryKind,
)
from lithograph.cypher.ast.updates import (
    Create,
    Delete,
    Foreach,
    Merge,
    Remove,
    RemoveLabels,
    RemoveProperty,
    Set,
    SetLabels,
    SetProperties,
    SetProperty,
    UpdateItem,
)
from lithograph.cypher.ast.value_types import ListType, NamedType, UnionType, ValueType

__all__ = [
    # base.py
    "Position",
    "NOWHERE",
    "Syntax",
    "Expression",
    "Clause",
    "Statement",
    # expressions.py
    "EnumValue",
    "Literal",
    "Parameter",
    "OptionalParameter",
    "Variable",
    "Property",
    "Subscript",
    "Slice",
    "UnaryOperator",
    "BinaryOperator",
    "Unary",
    "Binary",
    "ListLiteral",
    "MapLiteral",
    "FunctionCall",
    "CountStar",
    "AllProperties",
    "MapProjection",
    # value_types.py
    "ValueType",
    "NamedType",
    "ListType",
    "UnionType",
    # predicates.py
    "IsNull",
    "IsTyped",
    "NormalForm",
    "IsNormalized",
    "HasLabels",
    # cases.py
    "Case",
    "CaseSubject",
    "CaseTests",
    # iteration.py
    "ListComprehension",
    "QuantifierKind",
    "Quantifier",
    "Reduce",
    # labels.py
    "LabelExpression",
    "LabelName",
    "LabelAnd",
    "LabelOr",
    "LabelNot",
    "LabelAny",
    "LabelDynamic",
    "is_name",
    # patterns.py
    "NodePattern",
    "Lambda",
    "Algorithm",
    "Expansion",
    "Direction",
    "RelationshipPattern",
    "QuantifiedPath",
    "PathElement",
    "PathFunction",
    "PathSelector",
    "PathPattern",
    "Pattern",
    # pattern_expressions.py
    "PatternPredicate",
    "PatternComprehension",
    "PathExpression",
    # hints.py
    "Hint",
    "IndexHint",
    "ScanHint",
    "JoinHint",
    # clauses.py
    "Match",
    "Unwind",
    "YieldItem",
    "CallProcedure",
    # projections.py
    "ProjectionItem",
    "SortItem",
    "Projection",
    "With",
    "Return",
    "Finish",
    # updates.py
    "Create",
    "UpdateItem",
    "SetProperty",
    "SetProperties",
    "SetLabels",
    "RemoveProperty",
    "RemoveLabels",
    "Set",
    "Remove",
    "Merge",
    "Delete",
    "Foreach",
    # queries.py
    "SingleQuery",
    "Directives",
    "Query",
    "Explain",
    "Profile",
    # subqueries.py
    "SubqueryKind",
    "SubqueryExpression",
    "CallSubquery",
    "ErrorBehaviour",
    "InTransactions",
    "OnError",
    # schema.py
    "CreateIndex",
    "DropIndex",
    "CreateEnum",
    "AddEnumValue",
    "UpdateEnumValue",
    # administration.py
    "ShowSubject",
    "ShowTransactions",
    "TerminateTransactions",
    "TransactionStatus",
    "Show",
    "ShowSetting",
    "SetSetting",
    "StorageMode",
    "SetStorageMode",
    "CreateSnapshot",
    "RecoverSnapshot",
    "DataDirectory",
    "DumpDatabase",
    "TransactionControl",
    "FreeMemory",
]
