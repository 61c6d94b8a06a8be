"""Literals lifted out of a text into parameters, so that texts that differ in nothing else share one plan.

* ``skeleton.py`` finds the literals of a text with one regular expression; the text without them is its skeleton
* ``places.py`` says which literals of a syntax tree a parameter could stand for, and puts parameters there
* ``template.py`` what a skeleton has been found to be: which literals are fixed, what is made of the others
* ``moves.py`` positions in the text that was planned as positions in the one that was sent

A text is parsed, checked and planned when the first of its kind comes. For those after it the skeleton and the
fixed literals have to be the same, to the letter; then all that can differ is values of the types that the
first one had, in places where no check and no plan looks at them. **Whoever adds a check or a plan that does look at
the value of a literal has to keep it where it is, in** ``places.py``.
"""

from lithograph.cypher.lifting.moves import Moves
from lithograph.cypher.lifting.skeleton import Skeleton, skeleton_of
from lithograph.cypher.lifting.template import Template, lift

__all__ = ["Moves", "Skeleton", "Template", "lift", "skeleton_of"]
